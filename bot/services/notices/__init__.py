"""Everything that Roundsman says of its own accord. ``engine`` runs it; ``ledger`` holds what is due."""
