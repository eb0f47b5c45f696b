"""Lots: a list of all, then each one with its making, its release file, what went otherwise, and both releases."""

from .listing import sections

__all__ = ["sections"]
