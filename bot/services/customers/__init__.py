"""Customers as chat asks for them: found, listed, shown on a card, added, changed."""
