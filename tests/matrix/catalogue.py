"""Expectations for the addresses of devices and screening."""

from __future__ import annotations

from datetime import date
from typing import Any

from cmo.catalogue import actions
from tests import make
from tests.catalogue import build as devices
from tests.catalogue import build_identifiers as identifiers

from . import ANYBODY, DOES_FOR_OWN, DOES_IN_PAIR, SEES_OWN, SEES_PAIR, Page, World


def build(world: World) -> None:
    """A device shared in the pair, with a proposal, a label and an undetermined screening; the right to read it."""
    version = devices.device(world.registrant, vascular_site="aortic")
    by = world.registrant.actor("quality_manager", make.REGISTRANT)
    label = {"kind": "label", "version": "L1", "effective_from": date(2026, 1, 1), "effective_to": None}
    world.things |= {
        "screened device": version.device,
        "device share": devices.share(world.relation, version.device),
        "proposed device data": devices.new_version(version, world.registrant, confirmed=False, name_zh="新名称"),
        "label": actions.list_label_version(device=version.device, content=label, by=by, at=make.AT),
        "screening": devices.screening(world.registrant, version.device),
        "device identifier": identifiers.assigned(world.registrant, version.device),
    }


def _thing(name: str) -> Any:
    return lambda world: {"pk": world.things[name].pk}


_DEVICE = _thing("screened device")
_CONTRACTOR = ("contractor", "quality_manager")
_IDENTIFIER = Page(
    get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("device identifier"), wrong=("contractor", "quality_manager")
)

PAGES = {
    "catalogue:may_entrust": Page(get=ANYBODY),
    "catalogue:editions": Page(get=ANYBODY),
    "catalogue:devices": Page(get=ANYBODY),
    "catalogue:open_device": Page(
        get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=lambda world: {"registrant": world.registrant.pk}
    ),
    "catalogue:device": Page(get=SEES_PAIR, kwargs=_DEVICE, wrong=_CONTRACTOR),
    "catalogue:device_versions": Page(get=SEES_PAIR, kwargs=_DEVICE, wrong=_CONTRACTOR),
    "catalogue:device_documents": Page(get=SEES_PAIR, kwargs=_DEVICE, wrong=_CONTRACTOR),
    "catalogue:device_screenings": Page(get=SEES_PAIR, kwargs=_DEVICE, wrong=_CONTRACTOR),
    "catalogue:device_trail": Page(get={**SEES_OWN, "wrong": 404}, kwargs=_DEVICE, wrong=_CONTRACTOR),
    "catalogue:identifiers": Page(get=ANYBODY),
    "catalogue:device_identifiers": Page(get=SEES_PAIR, kwargs=_DEVICE, wrong=_CONTRACTOR),
    "catalogue:assign_identifier": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_DEVICE, wrong=_CONTRACTOR),
    "catalogue:submit_identifier": _IDENTIFIER,
    "catalogue:upload_identifier": _IDENTIFIER,
    "catalogue:retire_identifier": _IDENTIFIER,
    "catalogue:propose_device": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_DEVICE),
    "catalogue:share_device": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_DEVICE, wrong=_CONTRACTOR),
    "catalogue:withdraw_share": Page(
        get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("device share"), wrong=_CONTRACTOR
    ),
    "catalogue:add_document": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_DEVICE, wrong=_CONTRACTOR),
    "catalogue:add_label": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_DEVICE, wrong=_CONTRACTOR),
    "catalogue:withdraw_label": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("label")),
    "catalogue:confirm_version": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_thing("proposed device data")),
    "catalogue:turn_down_version": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_thing("proposed device data")),
    "catalogue:record_screening": Page(
        post={**DOES_IN_PAIR, "right": 302},
        kwargs=_DEVICE,
        data=lambda _world: {"acted_on": "2026-06-01"},
        right=("registrant", "viewer"),
        wrong=_CONTRACTOR,
    ),
    "catalogue:screening": Page(get=SEES_PAIR, kwargs=_thing("screening"), wrong=_CONTRACTOR),
    "catalogue:determine": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("screening")),
}
