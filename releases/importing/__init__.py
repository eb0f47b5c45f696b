"""Files of lots, planned production, process steps and presence: read, understood and compared, never written.

``reading`` opens the file, ``columns`` say what each kind of list consists of, ``rows`` makes typed values of the cells,
``kinds`` knows what is on record already and which action a row stands for; ``templates`` and the export write the same
columns. Writing is for ``actions/import_rows.py``.
"""
