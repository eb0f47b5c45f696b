"""Tables of the catalogue, by concern."""

from .devices import Device, DeviceDecision, DeviceShare, DeviceShareEnd, DeviceVersion
from .documents import LabelVersion, LabelWithdrawal, TechnicalDocument
from .identifiers import DeviceIdentifier, IdentifierEvent
from .screening import Determination, HeldEdition, Screening, Verdict

__all__ = [
    "Determination",
    "Device",
    "DeviceDecision",
    "DeviceIdentifier",
    "DeviceShare",
    "DeviceShareEnd",
    "DeviceVersion",
    "HeldEdition",
    "IdentifierEvent",
    "LabelVersion",
    "LabelWithdrawal",
    "Screening",
    "TechnicalDocument",
    "Verdict",
]
