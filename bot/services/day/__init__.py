"""A member's day: who could be visited, in which order, and what changes as the day goes."""
