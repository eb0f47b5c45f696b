"""Entrustments and agreements: the catalogue, the reasons frozen at opening, the responsibility matrix, the signers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from django.db.models import Count, F

from agreements.facts import load_entrustment_facts
from agreements.models import AgreementRevision, Entrustment, RevisionSignature
from agreements.templates_data import TemplateDuty, template_version
from cmo.catalogue.facts import screening_states

from .broken import Broken, row
from .decisions import CHUNK, chunks


def prohibited_but_active(on: date) -> Iterator[Broken]:
    """No active entrustment of a device that the edition in force prohibits."""
    for some in chunks(Entrustment.objects.order_by("id").iterator(CHUNK)):
        states = screening_states({entrustment.device_id for entrustment in some}, on)
        facts = load_entrustment_facts(some)
        for entrustment in some:
            state = states.get(entrustment.device_id)
            if facts[entrustment.pk].state_on(on) == "active" and state and state.outcome == "prohibited":
                zh = f"该产品列入现行目录（{state.result.entry_zh}），委托生产仍在执行。"
                en = f"The edition in force prohibits the device ({state.result.entry_en}), yet the entrustment is active."
                yield row(entrustment, zh, en)


def opened_against_reasons(_on: date) -> Iterator[Broken]:
    """Every entrustment was opened on frozen findings, none of which blocks."""
    for entrustment in Entrustment.objects.order_by("id").iterator(CHUNK):
        try:
            codes = [one["code"] for one in json.loads(entrustment.findings) if one["severity"] == "blocks"]
        except (ValueError, KeyError, TypeError):
            yield row(entrustment, "固定的判断理由无法读取。", "The frozen reasons cannot be read.")
            continue
        if codes:
            said = ", ".join(codes)
            yield row(
                entrustment, f"固定的判断理由中有阻止项：{said}。", f"The frozen reasons contain a blocker: {said}."
            )


def statutory_duty_moved(_on: date) -> Iterator[Broken]:
    """What the law fixes to one party stands so in every revision made from a template."""
    for revision in AgreementRevision.objects.select_related("agreement").order_by("id").iterator(CHUNK):
        content = revision.content
        template = template_version(content["template"].get("key", ""), content["template"].get("version", ""))
        held = {duty["key"]: duty for duty in content["duties"]}
        for fixed in template.fixed_duties if template else ():
            if not _keeps(held.get(fixed.key), fixed):
                zh = f"法定职责“{fixed.duty_zh}”缺失或被转移。"
                yield row(revision, zh, f"The statutory duty “{fixed.duty_en}” is missing or was moved.")


def _keeps(duty: dict[str, str] | None, fixed: TemplateDuty) -> bool:
    return duty is not None and (duty["registrant"], duty["contractor"]) == (fixed.registrant, fixed.contractor)


def signed_by_one_person(_on: date) -> Iterator[Broken]:
    """Nobody signs a revision for both sides."""
    twice = (
        RevisionSignature.objects.values("revision", signer=F("signature__signer_id"))
        .annotate(number=Count("pk"))
        .filter(number__gt=1)
        .values("revision")
    )
    for revision in AgreementRevision.objects.filter(pk__in=twice).select_related("agreement"):
        yield row(revision, "同一人代表双方签署。", "One person signed for both sides.")
