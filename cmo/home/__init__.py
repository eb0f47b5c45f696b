"""Composition: each person's inbox over everything they see. May import every app below."""
