"""Template tags of the agreements app."""
