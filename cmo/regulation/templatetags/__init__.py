"""Template tags of the regulation app."""
