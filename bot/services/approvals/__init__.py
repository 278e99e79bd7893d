"""What exceeds a rep's authority: limits, requests, decisions, gifts."""
