"""Builders of UDI device identifiers, made through the actions."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from cmo.catalogue import actions
from cmo.catalogue.models import Device, DeviceIdentifier
from cmo.clock import day_of
from cmo.codes.gs1 import check_digit
from tests import make

_serial = count(1)


def gtin(item: int | None = None, indicator: int = 0) -> str:
    """An invented GTIN-14 of GS1 China with its check digit."""
    payload = f"{indicator}6901234{(next(_serial) if item is None else item):05d}"
    return payload + check_digit(payload)


def identifier_content(**changes: Any) -> dict[str, Any]:
    """What somebody types for a DI that nothing stands against."""
    return {
        "model": "PS-6-40",
        "level": "sales_unit",
        "agency": "gs1",
        "code": gtin(),
        "site": None,
        "contains": None,
        "contained_quantity": None,
        "replaces": None,
        "new_because": "",
        "assigned_on": day_of(make.FOUNDED),
        **changes,
    }


def assigned(firm: make.Firm, device: Device, *, at: datetime = make.FOUNDED, **changes: Any) -> DeviceIdentifier:
    """A DI that is not submitted yet, assigned on the day of ``at``."""
    by = firm.actor("quality_manager", make.REGISTRANT)
    content = identifier_content(**{"assigned_on": day_of(at), **changes})
    return actions.assign_identifier(device=device, content=content, by=by, at=at)


def submitted(
    firm: make.Firm, row: DeviceIdentifier, *, at: datetime = make.FOUNDED, event_on: date | None = None
) -> DeviceIdentifier:
    """The DI submitted in the registration system."""
    by = firm.actor("quality_manager", make.REGISTRANT)
    on = event_on or day_of(at)
    actions.submit_identifier(identifier=row, event_on=on, reference=f"ZC-{row.pk}", by=by, at=at)
    return row


def uploaded(
    firm: make.Firm, row: DeviceIdentifier, *, at: datetime = make.FOUNDED, event_on: date | None = None
) -> DeviceIdentifier:
    """The DI's data uploaded to the national database; it was submitted before."""
    by = firm.actor("quality_manager", make.REGISTRANT)
    on = event_on or day_of(at)
    actions.upload_identifier(identifier=row, event_on=on, reference=f"UDI-{row.pk}", by=by, at=at)
    return row


def registered(
    firm: make.Firm, device: Device, model: str = "PS-6-40", *, at: datetime = make.FOUNDED, **changes: Any
) -> DeviceIdentifier:
    """A DI of a model's sales unit that is assigned, submitted and uploaded on the day of ``at``."""
    row = assigned(firm, device, at=at, model=model, **changes)
    return uploaded(firm, submitted(firm, row, at=at), at=at)


def retired(
    firm: make.Firm, row: DeviceIdentifier, *, at: datetime = make.AT, event_on: date | None = None
) -> DeviceIdentifier:
    """The DI taken out of use."""
    by = firm.actor("quality_manager", make.REGISTRANT)
    actions.retire_identifier(identifier=row, event_on=event_on or day_of(at), reason="产品停产", by=by, at=at)
    return row
