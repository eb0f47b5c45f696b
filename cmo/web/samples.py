"""Invented but believable data for the component gallery: long names, none, one and many of everything."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import django_tables2 as tables
from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.errors import Finding
from cmo.web import charts, wording
from cmo.web.tables import DayColumn, MomentColumn, NumberColumn, OpenColumn, RecordTable, StatusColumn

TODAY = date(2026, 11, 22)
HASH = sha256(b"gallery").hexdigest()
LONG_ZH = "江苏省苏州工业园区恒瑞宁康植入介入医疗器械股份有限公司（委托生产事业部第二质量管理中心）"
LONG_EN = "Suzhou Industrial Park Hengrui Ningkang Implant and Interventional Medical Devices Co., Ltd."


def _say(zh: str, en: str) -> str:
    return zh if wording.is_chinese() else en


FINDINGS = [
    Finding(
        "agreement_not_in_force",
        "blocks",
        "law",
        "质量协议 QA-2026-014 第 3 版已于 2026-10-31 到期，生产日期 2026-11-12 不在有效期内。",
        "Quality agreement QA-2026-014 revision 3 ended on 2026-10-31; production on 2026-11-12 is outside its term.",
        citation="N38-12",
        who="质量负责人（委托方） / Quality manager (registrant)",
        todo_zh="双方签署第 4 版，或按协议第 9 条延长。",
        todo_en="Both sides sign revision 4, or extend it under clause 9.",
    ),
    Finding(
        "coverage_gap",
        "blocks",
        "policy",
        "关键工序“喷涂”2026-11-12 14:00–16:30 无派驻人员在场。",
        "No resident supervisor was present during the key step “coating”, 2026-11-12 14:00–16:30.",
        citation="C1",
        who="质量负责人 / Quality manager",
        todo_zh="补充在场证据，或申请例外批准。",
        todo_en="Add evidence of presence, or ask for a signed exception.",
    ),
    Finding(
        "licence_near_end",
        "warns",
        "announcement",
        "受托生产企业的生产许可证将于 2026-12-15 到期。",
        "The contractor's production licence ends on 2026-12-15.",
        citation="O53-17",
        todo_zh="请受托方提交延续申请的受理凭证。",
        todo_en="Ask the contractor for proof that renewal was filed in time.",
    ),
]


@dataclass(frozen=True)
class Lot:
    """One row of the sample list."""

    number: str
    device_zh: str
    device_en: str
    quantity: int
    made_on: date
    recorded_at: datetime
    tone: str
    state: Any

    @property
    def device(self) -> str:
        return _say(self.device_zh, self.device_en)

    @property
    def status(self) -> tuple[str, Any]:
        return self.tone, self.state

    def get_absolute_url(self) -> str:
        return f"#{self.number}"


def lots() -> list[Lot]:
    """Sixty lots in every state."""
    states = [
        ("good", _("released to market")),
        ("active", _("production released")),
        ("pending", _("waiting for review")),
        ("bad", _("stopped")),
        ("idle", _("registered")),
    ]
    devices = [
        ("髋关节假体 陶瓷球头", "Hip prosthesis, ceramic head"),
        ("外周血管支架系统", "Peripheral stent system"),
        (
            "一次性使用无菌导尿管（亲水涂层型，带球囊，双腔，规格 16Fr，含润滑剂）",
            "Sterile urinary catheter, hydrophilic",
        ),
    ]
    return [
        Lot(
            f"HT2611{n:03d}",
            *devices[n % 3],
            quantity=1200 * (n % 7) + 48,
            made_on=date(2026, 11, 1 + n % 20),
            recorded_at=datetime(2026, 11, 1 + n % 20, 6, n % 60, tzinfo=UTC),
            tone=states[n % 5][0],
            state=states[n % 5][1],
        )
        for n in range(1, 61)
    ]


class LotTable(RecordTable):
    """The sample list."""

    number = OpenColumn(verbose_name=_("Lot number"))
    device = tables.Column(verbose_name=_("Device"))
    quantity = NumberColumn(verbose_name=_("Quantity"))
    made_on = DayColumn(verbose_name=_("Made on"))
    recorded_at = MomentColumn(verbose_name=_("Recorded"))
    status = StatusColumn(verbose_name=_("State"))

    always = ("number",)
    hidden_at_first = ("recorded_at",)
    export_name = "lots"


class ListForm(forms.Form):
    """Filters of the sample list."""

    q = forms.CharField(label=_("Lot number or device"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), ("stopped", _("stopped"))])


class SampleForm(forms.Form):
    """Every kind of field."""

    number = forms.CharField(label=_("Lot number"), help_text=_("As printed on the label, for example HT2611007."))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1)
    made_on = forms.DateField(label=_("Made on"), widget=forms.DateInput(attrs={"type": "date"}))
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[("full", _("whole lot")), ("part", _("part of it"))], widget=forms.RadioSelect
    )
    device = forms.ChoiceField(label=_("Device"), choices=[("a", "髋关节假体"), ("b", "外周血管支架系统")])
    remark = forms.CharField(label=_("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    reviewed = forms.BooleanField(label=_("I have reviewed the whole release file."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"].unit = _("pieces")  # type: ignore[attr-defined]


class PasswordForm(forms.Form):
    """Stands for the re-authentication of a signature."""

    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "off"}))


def _person(zh: str, en: str) -> dict[str, str]:
    return {
        "name": _say(zh, en),
        "post": _say("上市放行人", "Market releaser"),
        "side": _say("委托方", "Registrant"),
        "organisation": _say("杭州衡泰医疗器械有限公司", "Hangzhou Hengtai Medical Devices Co., Ltd."),
    }


def facts() -> list[dict[str, Any]]:
    """Terms and values, one without a value and one very long."""
    return [
        {"term": _say("注册证编号", "Registration certificate"), "value": "国械注准20233130412", "figures": True},
        {
            "term": _say("受托生产企业", "Contractor"),
            "value": _say(LONG_ZH, LONG_EN),
            "source": _say("生产许可证", "Production licence"),
            "version": 3,
        },
        {"term": _say("有效期至", "Valid until"), "value": "2028-06-30", "figures": True},
        {"term": _say("动物源性材料", "Animal-derived material"), "value": ""},
    ]


def trail() -> list[dict[str, Any]]:
    """Three entries: an act, a refusal, an act of the system."""
    at = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
    person = _person("李晓梅", "Li Xiaomei")
    who = {"by_name": person["name"], "by_post": person["post"], "by_organisation": person["organisation"]}
    return [
        {
            **who,
            "at": at,
            "seq": 418,
            "hash": HASH,
            "verified": True,
            "sentence": _say("批准上市放行", "released to market"),
            "object": "HT2611007",
            "url": "#HT2611007",
        },
        {
            **who,
            "at": at,
            "seq": 417,
            "hash": HASH[3:],
            "verified": True,
            "refused": True,
            "sentence": _say("上市放行被拒绝", "release to market was refused"),
            "reason": FINDINGS[0].text(),
        },
        {
            "by_name": _say("系统", "System"),
            "at": at,
            "seq": 1416,
            "hash": HASH[5:],
            "verified": False,
            "sentence": _say("载入分类目录 2017 版", "loaded the classification catalogue 2017"),
        },
    ]


def signatures() -> dict[str, Any]:
    """A good signature and a void one."""
    good = {
        **_person("李晓梅", "Li Xiaomei"),
        "meaning": _say(
            "本人已审核放行文件，同意本批上市放行。", "I have reviewed the release file and release this lot to market."
        ),
        "at": datetime(2026, 11, 22, 6, 5, tzinfo=UTC),
        "hash": HASH,
        "method": _say("密码", "password"),
        "valid": True,
    }
    return {"signed": good, "void": {**good, "valid": False}}


def steps() -> list[dict[str, Any]]:
    """Named steps in every state."""
    at = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
    return [
        {"name": _say("生产完成", "Made"), "state": "done", "at": at},
        {"name": _say("生产放行", "Production release"), "state": "done", "at": at},
        {
            "name": _say("审核放行文件", "Review of the release file"),
            "state": "current",
            "note": _say("12 份中已审 7 份", "7 of 12 documents"),
        },
        {"name": _say("派驻覆盖", "Supervision"), "state": "blocked", "note": _say("缺 2.5 小时", "2.5 hours missing")},
        {"name": _say("上市放行", "Market release"), "state": "todo"},
    ]


def evidence() -> list[dict[str, Any]]:
    """Files with and without an end."""
    return [
        {
            "title": _say("生产许可证延续受理通知书（扫描件）", "Receipt of the licence renewal (scan)"),
            "kind": "PDF",
            "size": 842_113,
            "event_on": date(2026, 10, 9),
            "expires_on": date(2026, 12, 15),
            "sha256": HASH,
            "url": "#file",
            "by_name": _say("陈伟", "Chen Wei"),
            "uploaded_at": datetime(2026, 10, 10, 1, 0, tzinfo=UTC),
        },
        {
            "title": _say("现场评估照片", "Photograph of the site evaluation"),
            "kind": "JPEG",
            "size": 3_120_044,
            "event_on": date(2026, 3, 2),
            "sha256": HASH[1:],
            "url": "#file",
        },
    ]


def chain() -> list[charts.Bar]:
    """Validities; the agreement ends first, the filing never does."""
    return [
        charts.Bar(_say("医疗器械注册证", "Registration certificate"), date(2023, 7, 1), date(2028, 6, 30)),
        charts.Bar(_say("医疗器械生产许可证", "Production licence"), date(2021, 12, 16), date(2026, 12, 15)),
        charts.Bar(
            _say("质量协议约定期限", "Agreed term of the quality agreement"), date(2025, 1, 1), date(2027, 12, 31)
        ),
        charts.Bar(_say("第一类医疗器械备案", "Class I filing"), date(2024, 5, 20)),
    ]


def lanes() -> list[charts.Lane]:
    """The life of one lot."""
    return [
        charts.Lane(
            _say("生产", "Production"),
            [charts.Span(date(2026, 11, 2), date(2026, 11, 9), _say("生产窗口", "window"))],
            [charts.Mark(date(2026, 11, 9), _say("生产完成", "production finished"), "active")],
        ),
        charts.Lane(
            _say("派驻", "Presence"),
            [
                charts.Span(date(2026, 11, 2), date(2026, 11, 5), _say("在场", "present"), "good"),
                charts.Span(date(2026, 11, 7), date(2026, 11, 9), _say("在场", "present"), "good"),
            ],
        ),
        charts.Lane(
            _say("暂停", "Holds"),
            [charts.Span(date(2026, 11, 12), date(2026, 11, 16), _say("偏差 DV-031", "deviation DV-031"), "bad")],
            [
                charts.Mark(
                    date(2026, 11, 12), _say("受托方质量部暂停本批", "lot held by the contractor's quality"), "bad"
                ),
                charts.Mark(date(2026, 11, 16), _say("解除暂停", "hold lifted"), "good"),
            ],
        ),
        charts.Lane(
            _say("签名", "Signatures"),
            [],
            [
                charts.Mark(date(2026, 11, 18), _say("生产放行，陈伟", "production release, Chen Wei"), "good"),
                charts.Mark(date(2026, 11, 22), _say("上市放行，李晓梅", "market release, Li Xiaomei"), "good"),
            ],
        ),
    ]


def heat() -> charts.HeatMap:
    """Two people over four weeks with a gap."""
    week = [4, 4, 3, 4, 2, 0, 0]
    return charts.HeatMap(
        date(2026, 11, 2),
        [
            charts.HeatRow(
                _say("赵敏（派驻人员）", "Zhao Min (resident supervisor)"),
                week * 3 + [4, -1, -1, 3, 2, 0, 0],
                _say("缺 2 天", "2 days missing"),
            ),
            charts.HeatRow(_say("孙磊", "Sun Lei"), [0, 1, 2, 0, 0, 0, 0] * 4, _say("无缺口", "no gap")),
        ],
    )


CLAUSE = {
    "zh_before": "受托方应当在发生重大偏差后 48 小时内书面通知委托方。",
    "zh_after": "受托方应当在发生重大偏差后 24 小时内书面通知委托方质量负责人，并暂停相关批次。",
    "en_before": "The contractor shall notify the registrant in writing within 48 hours of a major deviation.",
    "en_after": "The contractor shall notify the registrant's quality manager in writing within 24 hours of a major "
    "deviation and hold the lots concerned.",
}


def everything(table: LotTable) -> dict[str, Any]:
    """Context of the gallery page."""
    return {
        "table": table,
        "list_form": ListForm(table.request.GET),
        "findings": FINDINGS,
        "warnings_only": FINDINGS[2:],
        "facts": facts(),
        "entries": trail(),
        "signatures": signatures(),
        "signer": _person("李晓梅", "Li Xiaomei"),
        "steps": steps(),
        "evidence": evidence(),
        "chain": chain(),
        "lanes": lanes(),
        "heat": heat(),
        "clause": CLAUSE,
        "form": SampleForm(),
        "wrong_form": SampleForm({"number": "", "quantity": "-3", "made_on": "2026-02-30"}),
        "password_form": PasswordForm(),
        "weeks": [("44", 6), ("45", 11), ("46", 9), ("47", 14)],
        "spark": [3, 5, 4, 8, 6, 9, 12],
        "today": TODAY,
        "near": date(2026, 12, 15),
        "past": date(2026, 11, 3),
        "far": date(2028, 6, 30),
        "hash": HASH,
        "long_name": _say(LONG_ZH, LONG_EN),
        "tabs": [
            {"label": _say("委托", "Entrustments"), "url": "#", "current": False, "count": 3},
            {"label": _say("协议", "Agreements"), "url": "#", "current": True, "count": 2},
            {"label": _say("批", "Lots"), "url": "#", "current": False, "count": 10_000},
            {"label": _say("派驻与监督", "Supervision"), "url": "#", "current": False},
            {"label": _say("档案", "Evidence"), "url": "#", "current": False},
            {"label": _say("审计追踪", "Trail"), "url": "#", "current": False},
        ],
        "shown_as": _say(
            "李晓梅，上市放行人，杭州衡泰医疗器械有限公司，2026-11-22 14:05 (UTC+8)",
            "Li Xiaomei, market releaser, Hangzhou Hengtai Medical Devices Co., Ltd., 2026-11-22 14:05 (UTC+8)",
        ),
        "meaning": _say("同意本批上市放行", "Releases this lot to market"),
        "consequence": _say(
            "放行后本批可以发货；撤回须另行记录并说明理由。",
            "After release this lot may be shipped; a withdrawal is recorded separately with its reason.",
        ),
        "act": _say("签署上市放行", "Sign the release to market"),
    }
