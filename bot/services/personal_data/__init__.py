"""Personal data on request: all that is kept of one customer or one person, given out or forgotten."""
