"""The paper of a quality agreement: one frozen ``AgreementDocument``, written as PDF and DOCX in zh, en and side by side.

``collect(revision)`` reads everything once; ``render_pdf`` and ``render_docx`` know no database. The same revision with
the same signatures gives the same bytes.
"""

from .collecting import collect
from .docx import render_docx
from .pdf import render_pdf
from .sheets import AgreementDocument

__all__ = ["AgreementDocument", "collect", "render_docx", "render_pdf"]
