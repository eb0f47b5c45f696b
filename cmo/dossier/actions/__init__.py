"""The verbs of an export: asking, calling off, making, keeping, reading and taking.

Everything is recorded on the stream of the person who asked, read or took (``user:<pk>``), with the export as its subject;
what an operator exports by command, on ``dossier-command:<pair>``.
"""

from .asking import Wish, ask_again, ask_export, cancel_export
from .commanding import record_command
from .keeping import remove_expired, sweep_exports
from .taking import record_read, record_taken

__all__ = [
    "Wish",
    "ask_again",
    "ask_export",
    "cancel_export",
    "record_command",
    "record_read",
    "record_taken",
    "remove_expired",
    "sweep_exports",
]
