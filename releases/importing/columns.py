"""The columns of each list: their names in both languages, what may stand in them, and what a template says about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import get_language

from agreements.models import PresenceEntry

from ..models import ImportRun, LotStep

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """``kind``: ``text``, ``day``, ``moment``, ``number`` or ``choice``; ``most``: longest text.

    ``choices``: value → (zh, en); the value itself is understood too. ``example`` and ``note`` go into the template.
    """

    key: str
    zh: str
    en: str
    kind: str = "text"
    required: bool = True
    most: int = 200
    choices: Mapping[str, Words] = field(default_factory=dict, hash=False)
    example: Words = ("", "")
    note: Words = ("", "")

    @property
    def words(self) -> Words:
        return self.zh, self.en

    @property
    def title(self) -> str:
        """Its name in the active language."""
        return self.zh if (get_language() or "").startswith("zh") else self.en


def both(one: str) -> Words:
    return one, one


_DAY = ("写成2026-05-31，或Excel日期。", "Write 2026-05-31, or an Excel date.")
_MOMENT = (
    "写成2026-05-31 08:30，按北京时间；或Excel日期时间。",
    "Write 2026-05-31 08:30 in Beijing time, or an Excel time.",
)
_ENTRUSTMENT = Column(
    "entrustment",
    "委托生产编号",
    "Entrustment",
    most=30,
    example=both("WT-2026-001"),
    note=("本委托关系中的委托生产编号。", "The number of an entrustment of this pair."),
)
_NUMBER = Column(
    "number",
    "批号",
    "Lot number",
    most=60,
    example=both("L26050101"),
    note=("如标签所示。", "As printed on the label."),
)
_REASON = Column(
    "reason",
    "更正原因",
    "Reason for the correction",
    required=False,
    most=2000,
    note=(
        "仅在更正已登记内容时填写；没有原因的不同内容不会导入。",
        "Only to correct what is on record; other data without a reason are not imported.",
    ),
)

LOTS = (
    _ENTRUSTMENT,
    _NUMBER,
    Column(
        "model",
        "型号规格",
        "Model",
        most=120,
        example=both("PS-6-40"),
        note=("须在该产品注册证（备案）资料所列之中。", "One of those of the device's certificate."),
    ),
    Column("produced_from", "生产开始日", "Production: first day", "day", example=both("2026-05-01"), note=_DAY),
    Column("produced_to", "生产结束日", "Production: last day", "day", example=both("2026-05-04"), note=_DAY),
    Column(
        "quantity",
        "生产数量",
        "Quantity",
        "number",
        example=both("1000"),
        note=("整数，至少为1。", "A whole number, at least 1."),
    ),
    Column("unit", "单位", "Unit", most=20, example=("件", "pieces")),
    Column(
        "expires_on",
        "使用期限",
        "Use-by date",
        "day",
        required=False,
        example=both("2029-04-30"),
        note=("标签所示的最后使用日。", "The last day of use, as on the label."),
    ),
    Column(
        "label_version",
        "标签版本",
        "Label version",
        required=False,
        most=40,
        example=both("V1"),
        note=("已为该产品登记的版本。", "A version listed for the device."),
    ),
    Column("ifu_version", "说明书版本", "Version of the instructions", required=False, most=40, example=both("V1")),
    Column(
        "taken_over_note",
        "接管原因",
        "Why taken over",
        required=False,
        most=2000,
        note=(
            "仅用于系统启用前已开始生产的批：说明接管的原因与依据。",
            "Only for a lot begun before records here: why it is taken over, and on which records.",
        ),
    ),
)

PLANNED = (
    _ENTRUSTMENT,
    Column("starts_on", "计划开始日", "First planned day", "day", example=both("2026-06-01"), note=_DAY),
    Column("ends_on", "计划结束日", "Last planned day", "day", example=both("2026-06-05"), note=_DAY),
    Column(
        "note",
        "计划内容",
        "Lots or steps planned",
        required=False,
        example=("两批，含灭菌", "Two lots, with sterilisation"),
    ),
)

_STEP_KINDS: dict[str, Words] = {
    LotStep.Kind.ORDINARY: ("一般工序", "ordinary step"),
    LotStep.Kind.KEY: ("关键工序", "key step"),
    LotStep.Kind.SPECIAL: ("特殊过程", "special process"),
    LotStep.Kind.STERILISATION: ("灭菌", "sterilisation"),
}
STEPS = (
    _ENTRUSTMENT,
    _NUMBER,
    Column("name", "工序", "Step", most=120, example=("封口", "Sealing")),
    Column("kind", "工序类别", "Kind", "choice", choices=_STEP_KINDS, example=("关键工序", "key step")),
    Column("starts_at", "开始时间", "Began at", "moment", example=both("2026-05-02 08:30"), note=_MOMENT),
    Column("ends_at", "结束时间", "Ended at", "moment", example=both("2026-05-02 11:00"), note=_MOMENT),
    Column(
        "performed_by",
        "由他方完成",
        "Done by another party",
        required=False,
        note=("受托方自己完成的留空。", "Empty when the contractor did it itself."),
    ),
    _REASON,
)

_PRESENCE_KINDS: dict[str, Words] = {PresenceEntry.Kind.IN: ("到场", "in"), PresenceEntry.Kind.OUT: ("离场", "out")}
PRESENCE = (
    Column(
        "person",
        "派驻人员",
        "Person",
        most=150,
        example=("李明", "Li Ming"),
        note=("派驻记录上的姓名。", "The name as on the posting."),
    ),
    Column(
        "site", "生产场地", "Site", example=("一号厂房", "Building 1"), note=("场地名称。", "The name of the site.")
    ),
    Column("kind", "到场或离场", "In or out", "choice", choices=_PRESENCE_KINDS, example=("到场", "in")),
    Column("event_at", "时间", "Time", "moment", example=both("2026-05-02 08:00"), note=_MOMENT),
    Column(
        "rests_on",
        "原始记录",
        "Source record",
        required=False,
        example=("门禁记录2026-05", "Gate log 2026-05"),
        note=(
            "代他人导入时必填：门禁记录、签到表等的名称和编号。",
            "Required for somebody else: gate log, signed sheet or the like, with its number.",
        ),
    ),
)

COLUMNS: dict[str, tuple[Column, ...]] = {
    ImportRun.Kind.LOTS: LOTS,
    ImportRun.Kind.PLANNED: PLANNED,
    ImportRun.Kind.STEPS: STEPS,
    ImportRun.Kind.PRESENCE: PRESENCE,
}
