"""The team as its leaders run it: who is in it, who leaves, who takes over."""
