"""Tables of the catalogue, by concern."""

from .devices import Device, DeviceDecision, DeviceShare, DeviceShareEnd, DeviceVersion
from .documents import LabelVersion, LabelWithdrawal, TechnicalDocument
from .screening import Determination, HeldEdition, Screening, Verdict

__all__ = [
    "Determination",
    "Device",
    "DeviceDecision",
    "DeviceShare",
    "DeviceShareEnd",
    "DeviceVersion",
    "HeldEdition",
    "LabelVersion",
    "LabelWithdrawal",
    "Screening",
    "TechnicalDocument",
    "Verdict",
]
