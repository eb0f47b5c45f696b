"""Commands of the releases app."""
