"""Invented but believable data for the component gallery: long names, none, one and many of everything."""

from datetime import date
from typing import Any

from cmo.web.samples import drawings, lists, records
from cmo.web.samples.records import say

TODAY = date(2026, 11, 22)


def everything(table: lists.LotTable) -> dict[str, Any]:
    """Context of the gallery page."""
    return {**_lists(table), **_records(), **_drawings(), **_signing(), **_dates()}


def _lists(table: lists.LotTable) -> dict[str, Any]:
    return {
        "table": table,
        "list_form": lists.ListForm(table.request.GET),
        "form": lists.SampleForm(),
        "wrong_form": lists.SampleForm({"number": "", "quantity": "-3", "made_on": "2026-02-30"}),
        "tabs": [
            {"label": say("委托", "Entrustments"), "url": "#", "current": False, "count": 3},
            {"label": say("协议", "Agreements"), "url": "#", "current": True, "count": 2},
            {"label": say("批", "Lots"), "url": "#", "current": False, "count": 10_000},
            {"label": say("派驻与监督", "Supervision"), "url": "#", "current": False},
            {"label": say("证据", "Evidence"), "url": "#", "current": False},
            {"label": say("审计追踪", "Trail"), "url": "#", "current": False},
        ],
    }


def _records() -> dict[str, Any]:
    return {
        "findings": records.FINDINGS,
        "warnings_only": records.FINDINGS[2:],
        "facts": records.facts(),
        "entries": records.trail(),
        "signatures": records.signatures(),
        "steps": records.steps(),
        "evidence": records.evidence(),
        "clause": records.CLAUSE,
        "long_name": say(records.LONG_ZH, records.LONG_EN),
    }


def _drawings() -> dict[str, Any]:
    return {
        "chain": drawings.chain(),
        "lanes": drawings.lanes(),
        "heat": drawings.heat(),
        "weeks": [("44", 6), ("45", 11), ("46", 9), ("47", 14)],
        "spark": [3, 5, 4, 8, 6, 9, 12],
    }


def _signing() -> dict[str, Any]:
    return {
        "hash": records.HASH,
        "signer": records.person("李晓梅", "Li Xiaomei"),
        "password_form": lists.PasswordForm(),
        "act": say("签署上市放行", "Sign the release to market"),
        "meaning": say("同意本批上市放行", "Releases this lot to market"),
        "shown_as": say(
            "李晓梅，上市放行人，杭州衡泰医疗器械有限公司，2026-11-22 14:05 (UTC+8)",
            "Li Xiaomei, market releaser, Hangzhou Hengtai Medical Devices Co., Ltd., 2026-11-22 14:05 (UTC+8)",
        ),
        "consequence": say(
            "放行后本批可以发货；撤回须另行记录并说明理由。",
            "After release this lot may be shipped; a withdrawal is recorded separately with its reason.",
        ),
    }


def _dates() -> dict[str, Any]:
    return {"today": TODAY, "near": date(2026, 12, 15), "past": date(2026, 11, 3), "far": date(2028, 6, 30)}
