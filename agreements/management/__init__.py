"""Commands of the agreements app."""
