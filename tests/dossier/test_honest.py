"""What a dossier is read from: every table is in it or said to be no part of it; what must stay unknown stays unknown."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from audits.models import AuditMember
from cmo.catalogue.actions import withdraw_share
from cmo.clock import day_of
from cmo.dossier.building import dossier_of
from cmo.dossier.collecting import parties
from cmo.dossier.json_out import json_text
from cmo.dossier.snapshot import Snapshot
from cmo.dossier.sources import LABELS, NOT_PART
from cmo.parties.actions import propose_site_version
from tests import make
from tests.audits import build as audits
from tests.catalogue import build as catalogue
from tests.dossier import known

REGULATED = ("parties", "catalogue", "agreements", "audits", "releases", "evidence", "signing")


def test_every_regulated_table_is_read_or_said_to_be_no_part_of_a_dossier():
    tables = {model._meta.label_lower for app in REGULATED for model in apps.get_app_config(app).get_models()}
    assert tables == LABELS | NOT_PART.keys()
    assert not LABELS & NOT_PART.keys()
    assert all(NOT_PART.values())


@pytest.mark.django_db
def test_an_audit_that_has_not_begun_is_unknown_to_a_dossier_that_both_sides_read():
    built = audits.world()
    planned = audits.planned(built, announced=False)
    later = audits.at(minutes=5)
    found = Snapshot(built.pair, later)
    assert AuditMember.objects.filter(plan__audit=planned).exists()
    assert [row for label in LABELS if label.startswith("audits.") for row in found.rows(label)] == []
    said = json_text(dossier_of(built.pair, day_of(later), later))
    assert planned.number not in said
    assert "质量管理体系全范围" not in said


@pytest.mark.django_db
def test_what_one_side_only_proposed_or_had_turned_down_is_unknown_to_a_dossier_that_both_sides_read():
    world = make.pair()
    plant = make.site(world.contractor)
    content, by = make.site_content(name_zh="拟用厂"), world.contractor.actor()
    proposal = propose_site_version(site=plant, content=content, reason="拟迁址", by=by, at=make.AT)
    at = make.AT + timedelta(minutes=5)
    said = json_text(dossier_of(world.pair, day_of(at), at))
    assert "一厂" in said
    assert not [word for word in ("拟用厂", "拟迁址") if word in said]
    make.confirm(proposal, world.contractor, at=at)
    later = at + timedelta(minutes=5)
    assert "拟用厂" in json_text(dossier_of(world.pair, day_of(later), later))


@pytest.mark.django_db
def test_a_device_whose_share_was_withdrawn_is_shown_as_it_was_until_then():
    world = make.pair()
    current = catalogue.device(world.registrant, name_zh="旧名支架")
    share = catalogue.share(world, current.device)
    by = world.registrant.actor("quality_manager", make.REGISTRANT)
    withdraw_share(share=share, reason="终止合作", by=by, at=make.AT)
    at = make.AT + timedelta(minutes=1)
    catalogue.new_version(current, world.registrant, at=at, name_zh="新名支架")
    later = at + timedelta(minutes=5)
    assert "新名支架" not in json_text(dossier_of(world.pair, day_of(later), later))
    assert "旧名支架" in json_text(dossier_of(world.pair, day_of(later), later))
    catalogue.share(world, current.device, at=later)
    again = later + timedelta(minutes=5)
    assert "新名支架" in json_text(dossier_of(world.pair, day_of(again), again))


@pytest.mark.django_db
def test_once_an_audit_has_begun_the_dossier_shows_its_plan_and_team_but_not_as_of_the_day_before():
    built = audits.world()
    begun = audits.begun(built, moment=audits.at(1))
    later = audits.at(1, 5)
    assert begun.number in json_text(dossier_of(built.pair, day_of(later), later))
    assert Snapshot(built.pair, later).rows("audits.auditmember")
    assert begun.number not in json_text(dossier_of(built.pair, day_of(later) - timedelta(days=1), later))


def test_nothing_in_the_product_changes_a_printed_name_so_that_the_same_pin_reads_the_same_names():
    """Accounts are never renamed or given to somebody else: a name is set when the account is made and never again."""
    roots = [Path(settings.BASE_DIR) / name for name in ("cmo", "agreements", "releases", "audits")]
    found = [
        f"{path.name}:{node.lineno}"
        for root in roots
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _renames(node)
    ]
    assert found == []


def _renames(node: ast.AST) -> bool:
    """Whether it sets the attribute on some object, or names the column in an ``update``."""
    if isinstance(node, ast.Attribute):
        return node.attr == "printed_name" and isinstance(node.ctx, ast.Store)
    updates = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update"
    return updates and any(keyword.arg == "printed_name" for keyword in node.keywords)


def test_who_from_outside_was_invited_and_what_for_stands_with_the_parties():
    limits = {"reads": "dossier", "scope_kind": "lot", "scope_key": "L-17", "takes": True}
    who = {"printed_name": "祁检查", "employer": "某药监局", "purpose": "inspector", "reason": "年度检查"}
    when = {"starts_on": known.DAY, "ends_on": known.DAY + timedelta(days=9), "invited_at": known.AT}
    invited = known.row("parties.invitation", 1, pair_id=7, invited_by_name="丁", **limits, **who, **when)
    taken = known.row(
        "parties.invitationanswer", 1, invitation_id=1, user_id=50, answered_by_name="祁检查", answered_at=known.AT
    )
    granted = known.row(
        "parties.grant",
        1,
        pair_id=7,
        user_id=50,
        permission="take_dossier",
        scope_kind="lot",
        scope_key="L-17",
        invitation_id=1,
        reason="年度检查",
        granted_by_name="丁",
    )
    found = parties.sections(known.snapshot([invited, taken, granted], {50: "祁检查"}), known.pin())
    known.assert_well_formed(found)
    shown = known.every(found)["grants"]
    (cells,) = known.table(shown, "invitations").rows
    assert cells[0].zh == "祁检查\n某药监局"
    assert cells[2].zh.endswith("批次：L-17\n可以带走档案")
    assert cells[6].zh.startswith("已接受")
    assert known.table(shown, "grants").rows[0][1].zh.endswith("L-17")
    limited = known.pin("period", "2026-01-01/2026-12-31")
    found = parties.sections(known.snapshot([invited, taken, granted], {50: "祁检查"}), limited)
    (block,) = known.every(found)["grants"].blocks
    assert "2 条" in block.words.zh
