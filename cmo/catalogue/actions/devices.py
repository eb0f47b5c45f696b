"""Devices: enter, propose new data, share with a contractor, and keep the lists of documents and labels."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from cmo.clock import day_of
from cmo.errors import Finding, Refused, refuse_if_any
from cmo.parties.access import Can, still_allowed, still_allowed_for
from cmo.parties.actions.base_data import confirmed_content, insert_version
from cmo.parties.models import Organisation, Pair, PairEnd, Side
from cmo.parties.rules import blockers_to_follow
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..known_codes import implantable_default
from ..models import (
    Device,
    DeviceShare,
    DeviceShareEnd,
    DeviceVersion,
    LabelVersion,
    LabelWithdrawal,
    TechnicalDocument,
)


@transaction.atomic
def open_device(
    *, registrant: Organisation, content: dict[str, Any], reason: str, by: Actor, at: datetime
) -> DeviceVersion:
    """Enter a new certificate or filing of the own organisation; its first data await confirmation.

    ``content``: the fields of ``DeviceVersion.content_fields``.

    :raises Refused: with every reason. :raises PermissionDenied: without a registrant-side post that may.
    """
    still_allowed_for(by, Can.PROPOSE_BASE_DATA, registrant, day_of(at), Side.REGISTRANT)
    device = Device(registrant=registrant, created_at=at)
    device.save(force_insert=True)
    return _insert_version(device, content, reason, by, at)


@transaction.atomic
def propose_device_version(
    *, device: Device, content: dict[str, Any], reason: str, by: Actor, at: datetime
) -> DeviceVersion:
    """Propose a new state of a device: renewal, change, composition, addresses, standing.

    :raises Refused: with every reason. :raises PermissionDenied: without a registrant-side post that may.
    """
    still_allowed_for(by, Can.PROPOSE_BASE_DATA, device.registrant_id, day_of(at), Side.REGISTRANT)
    return _insert_version(device, content, reason, by, at)


def _insert_version(device: Device, content: dict[str, Any], reason: str, by: Actor, at: datetime) -> DeviceVersion:
    default = implantable_default(content["classification_code"], content["sub_catalogue"])
    follows = blockers_to_follow(confirmed_content(DeviceVersion, device), content, day_of(at))
    refuse_if_any([*rules.blockers_to_propose_device(content, default, day_of(at)), *follows])
    version = DeviceVersion(**content)
    insert_version(version, device, by=by, at=at, reason=reason)
    data = {"version": version.pk, "number": version.number, "content_hash": version.content_hash}
    _record("device.version_proposed", device, str(version), by=by, at=at, reason=reason, data=data)
    return version


@transaction.atomic
def share_device(*, pair: Pair, device: Device, by: Actor, at: datetime) -> DeviceShare:
    """Open a device of the registrant to the contractor of one pair.

    :raises Refused: not the registrant's, not confirmed, shared already, pair ended. :raises PermissionDenied:
    """
    still_allowed(by, Can.SHARE_DEVICE, pair, day_of(at))
    Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    current = DeviceVersion.objects.current().filter(device=device).first()
    found = [
        *([] if device.registrant_id == pair.registrant_id else [_NOT_OWN_DEVICE]),
        *([] if current else [_NOT_CONFIRMED]),
        *([_SHARED] if DeviceShare.objects.standing().filter(pair=pair, device=device).exists() else []),
        *([_PAIR_ENDED] if PairEnd.objects.filter(pair=pair).exists() else []),
    ]
    refuse_if_any(found)
    share = DeviceShare(device=device, **tenant(pair), **recorded(by, at))
    share.save(force_insert=True)
    data = {"share": share.pk, "version": current.pk if current else None}
    record("device.shared", by=by, at=at, subject=device, stream=pair.stream, label=str(current), data=data)
    return share


@transaction.atomic
def withdraw_share(*, share: DeviceShare, reason: str, by: Actor, at: datetime) -> DeviceShareEnd:
    """Take a share back. :raises Refused: withdrawn already. :raises PermissionDenied:"""
    still_allowed(by, Can.SHARE_DEVICE, share.pair, day_of(at))
    Device.objects.select_for_update(no_key=True).get(pk=share.device_id)
    end = DeviceShareEnd(share=share, reason=reason, **recorded(by, at))
    insert_once(end, _WITHDRAWN)
    data = {"share": share.pk}
    subject = share.device
    record("device.share_withdrawn", by=by, at=at, subject=subject, stream=share.pair.stream, reason=reason, data=data)
    return end


@transaction.atomic
def list_technical_document(*, device: Device, content: dict[str, Any], by: Actor, at: datetime) -> TechnicalDocument:
    """Add a line to the technical file list: kind, reference, version, titles, effective_from, kept_at.

    :raises ValidationError: listed already. :raises PermissionDenied:
    """
    still_allowed_for(by, Can.PROPOSE_BASE_DATA, device.registrant_id, day_of(at), Side.REGISTRANT)
    row = TechnicalDocument(device=device, **content, **recorded(by, at))
    row.full_clean()
    row.save(force_insert=True)
    data = {"document": row.pk, "kind": row.kind, "reference": row.reference, "version": row.version}
    _record("device.document_listed", device, str(row), by=by, at=at, data=data)
    return row


@transaction.atomic
def list_label_version(*, device: Device, content: dict[str, Any], by: Actor, at: datetime) -> LabelVersion:
    """Add a label or IFU version: kind, version, effective_from, effective_to.

    :raises ValidationError: listed already, days reversed. :raises PermissionDenied:
    """
    still_allowed_for(by, Can.PROPOSE_BASE_DATA, device.registrant_id, day_of(at), Side.REGISTRANT)
    row = LabelVersion(device=device, **content, **recorded(by, at))
    row.full_clean()
    row.save(force_insert=True)
    data = {"label": row.pk, "kind": row.kind, "version": row.version, "from": row.effective_from.isoformat()}
    _record("device.label_listed", device, f"{row.kind} {row.version}", by=by, at=at, data=data)
    return row


@transaction.atomic
def withdraw_label_version(
    *, label: LabelVersion, last_used_on: date, reason: str, by: Actor, at: datetime
) -> LabelWithdrawal:
    """Say until when a label or IFU version may be used. :raises Refused: said already. :raises PermissionDenied:"""
    still_allowed_for(by, Can.PROPOSE_BASE_DATA, label.device.registrant_id, day_of(at), Side.REGISTRANT)
    if last_used_on < label.effective_from:
        raise ValidationError({"last_used_on": _LAST_DAY_EARLY.text()})
    row = LabelWithdrawal(label=label, last_used_on=last_used_on, reason=reason, **recorded(by, at))
    insert_once(row, _LABEL_WITHDRAWN)
    data = {"label": label.pk, "last_used_on": last_used_on.isoformat()}
    text = f"{label.kind} {label.version}"
    _record("device.label_withdrawn", label.device, text, by=by, at=at, reason=reason, data=data)
    return row


def recorded(by: Actor, at: datetime) -> dict[str, Any]:
    """The columns that say who recorded a row and when."""
    return {"recorded_by_id": by.user_id, "recorded_by_name": by.name, "recorded_at": at}


def insert_once(row: models.Model, refusal: Finding) -> None:
    """Insert a row that the database may refuse as a second one. :raises Refused: with ``refusal`` when it does."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refused([refusal]) from error


def _record(
    verb: str,
    device: Device,
    label: str,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    record(verb, by=by, at=at, subject=device, stream=device.stream, reason=reason, data=data, label=label)


_NOT_OWN_DEVICE = Finding(
    "not_the_registrants_device",
    "blocks",
    "policy",
    "该产品不属于此委托关系的注册人。",
    "This device does not belong to the registrant of this pair.",
)
_NOT_CONFIRMED = Finding(
    "device_not_confirmed",
    "blocks",
    "law",
    "产品信息尚未经质量人员确认。",
    "Quality has not confirmed this device's data yet.",
    "GMP25-45",
)
_SHARED = Finding(
    "device_shared_already",
    "blocks",
    "policy",
    "该产品已向此受托方开放。",
    "This device is shared in this pair already.",
)
_PAIR_ENDED = Finding("pair_ended", "blocks", "policy", "该委托关系已经终止。", "This pair has ended.")
_WITHDRAWN = Finding(
    "share_withdrawn_already", "blocks", "policy", "该开放已经收回。", "This share has been withdrawn already."
)
_LABEL_WITHDRAWN = Finding(
    "label_withdrawn_already", "blocks", "policy", "该版本已经停用。", "This version has been withdrawn already."
)
_LAST_DAY_EARLY = Finding(
    "last_day_before_first",
    "blocks",
    "policy",
    "最后使用日早于生效日。",
    "The last day of use lies before the first day.",
)
