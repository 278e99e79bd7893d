"""Complaints: an owner, a due time, steps, and an end that only the customer gives."""
