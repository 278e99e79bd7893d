"""A member's week: who is due, what fits, on which day each visit falls, and what the rep has said of it."""
