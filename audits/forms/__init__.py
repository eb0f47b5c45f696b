"""Shape of what people type about audits, by page."""

from .checklists import ChecklistFileForm, KeepChecklistForm
from .templates import ItemFilter

__all__ = ["ChecklistFileForm", "ItemFilter", "KeepChecklistForm"]
