"""Parties: users, organisations, sites, licences, posts, pairs, grants; and who may do what (``access``).

May import: ``cmo.regulation``, ``cmo.evidence``, ``cmo.signing``, ``cmo.trail``, ``cmo.errors``, ``cmo.web``, ``cmo.codes``.
"""
