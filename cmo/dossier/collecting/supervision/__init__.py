"""Supervision on site: the pair's policy, postings, presence, gaps of lots, observations, approved suppliers."""

from .chapter import sections

__all__ = ["sections"]
