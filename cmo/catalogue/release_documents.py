"""The usual documents of a release file (GMP 2025 arts 104, 113); a device lists which of them it needs, and its own."""

from __future__ import annotations

#: key → (zh, en)
USUAL: dict[str, tuple[str, str]] = {
    "production_record": ("批生产记录", "batch production record"),
    "incoming_inspection": ("进货检验记录", "incoming inspection record"),
    "process_inspection": ("过程检验记录", "process inspection record"),
    "finished_inspection": ("成品检验报告", "finished-product inspection report"),
    "sterilisation_record": ("灭菌记录", "sterilisation record"),
    "environment_record": ("生产环境监测记录", "environment monitoring record"),
    "label_record": ("标签、说明书和唯一标识核对记录", "check of label, IFU and UDI"),
    "deviation_record": ("偏差、返工和不合格处理记录", "record of deviations, rework and nonconformities"),
}


def document(key: str, zh: str = "", en: str = "") -> dict[str, str]:
    """One document of a release file as device data keep it."""
    usual_zh, usual_en = USUAL.get(key, (zh, en or zh))
    return {"key": key, "zh": usual_zh, "en": usual_en}
