"""Evidence: hashed files attached to any record, never overwritten, served only through the record's own rights.

May import: ``cmo.signing``, ``cmo.trail``, ``cmo.errors``, ``cmo.web``. Apps above tell it, in ``ready()``, who may read and
who may add files to their records (``registry``); a record of an app that told nothing has no files.
"""
