"""Open forms as rows: begun, answered, paused, taken up again, each step in one transaction."""
