"""Deals: their way through the funnel, and what it adds up to."""
