"""Travel times of a road server: asked ahead, kept in the database, and never waited for by a plan."""
