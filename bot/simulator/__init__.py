"""A strict local Bot API server with a phone-like chat page: the demo, and what the tests talk to."""
