"""Keeps every customer's scores current and explains them. ``refreshing`` runs it; screens read what it stored."""
