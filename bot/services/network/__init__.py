"""The decision network of a customer: who is in it, and what it says."""
