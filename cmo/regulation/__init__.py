"""Legal references with their dates, the classification catalogue, and the pages and commands that read them.

Data live in files under ``data/``, are checked when loaded, and are held in memory; there are no tables. May import
``cmo.codes``, ``cmo.clock``, ``cmo.errors`` and ``cmo.web``.
"""
