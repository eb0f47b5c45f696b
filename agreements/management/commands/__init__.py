"""Commands: ``load_edition``."""
