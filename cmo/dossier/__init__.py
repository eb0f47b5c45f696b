"""Composition: the dossier of a pair, one frozen reading of everything, written as PDF, DOCX, JSON and ZIP.

May import every app below it. The way of a dossier: ``snapshot`` reads rows as they stood at one instant, ``collecting``
turns them into sections of bilingual blocks (``sheets``), and each format renders the same sections.
"""
