"""The audit trail: one hash chain per stream, append-only by database triggers.

May import: ``cmo.errors``. Everything above records through :func:`cmo.trail.actions.record`.
"""
