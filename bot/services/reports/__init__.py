"""Saved visit reports: their effects, their undoing, their correction."""
