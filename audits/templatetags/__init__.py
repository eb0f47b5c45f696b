"""Template tags of the audits app."""
