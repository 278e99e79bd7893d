"""How a relationship with a customer stands and moves: stage, share, openings, pillars."""
