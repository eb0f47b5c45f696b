"""Devices and the prohibited catalogue: may this be entrusted?

May import: ``cmo.parties``, ``cmo.regulation`` and the foundation. ``editions``, ``edition_file`` and ``rules`` are
pure Python without Django, so that a screening can be proved and measured without a database.
"""
