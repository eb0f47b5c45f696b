"""Files that every package encloses as they are: the checker, the schema of ``dossier.json``, the note to the reader."""
