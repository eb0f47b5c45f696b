"""Lots, their release files and the two releases: production by the contractor, market by the registrant.

May import: ``agreements`` and everything below; never ``audits``.
"""
