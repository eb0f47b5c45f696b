"""The verbs of the catalogue: its only writers, one function each, grouped by concern.

Confirming and turning down device data are ``cmo.parties.actions.confirm_version`` and ``turn_down_version``.
"""

from .devices import (
    list_label_version,
    list_technical_document,
    open_device,
    propose_device_version,
    share_device,
    withdraw_label_version,
    withdraw_share,
)
from .editions import load_builtin_editions, load_edition
from .identifiers import assign_identifier, retire_identifier, submit_identifier, upload_identifier
from .screening import determine, record_screening, rescreen_devices

__all__ = [
    "assign_identifier",
    "determine",
    "list_label_version",
    "list_technical_document",
    "load_builtin_editions",
    "load_edition",
    "open_device",
    "propose_device_version",
    "record_screening",
    "rescreen_devices",
    "retire_identifier",
    "share_device",
    "submit_identifier",
    "upload_identifier",
    "withdraw_label_version",
    "withdraw_share",
]
