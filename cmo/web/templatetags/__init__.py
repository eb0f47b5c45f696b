"""Template tags of the look; loaded as builtins, so templates need no ``{% load look %}``."""
