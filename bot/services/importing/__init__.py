"""Customer files in: read, recognised, checked row by row, matched with what the team has, and taken."""
