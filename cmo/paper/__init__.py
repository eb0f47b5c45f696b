"""Paper: building blocks of PDF and DOCX documents in Chinese and English. Knows no models and imports nothing of ours.

Whatever a person typed is drawn as text and never read as markup; the same content gives the same bytes every time.
"""
