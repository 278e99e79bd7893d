"""Day and period plans: the problems, the search that answers them, and the walk that checks every answer."""
