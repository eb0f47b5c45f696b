"""The paper of an audit report: one frozen ``ReportDocument``, written as PDF and DOCX in zh, en and side by side.

``collect(report)`` reads everything once; ``render_pdf`` and ``render_docx`` know no database. The same report with the
same signature gives the same bytes.
"""

from .collecting import collect
from .docx import render_docx
from .pdf import render_pdf
from .sheets import ReportDocument

__all__ = ["ReportDocument", "collect", "render_docx", "render_pdf"]
