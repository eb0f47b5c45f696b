"""Commands: ``screen``."""
