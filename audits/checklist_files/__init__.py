"""Checklists as files that people download, change and upload again: YAML, and a workbook with a sheet for each part.

``columns`` name the sheets and their columns, ``workbook`` reads one, ``writing`` writes both kinds, ``reading`` judges
an uploaded file. Every fault has its place: line or path of a YAML file, sheet and cell of a workbook.
"""
