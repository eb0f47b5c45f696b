"""What a dossier may be limited to, checked before anything else is read: kind and key of a scope.

``device``, ``lot`` and ``agreement`` are named by number, or by key where no number of that kind reads so; ``period`` by its
first and last day (``2025-01-01/2025-12-31``).
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet

from agreements.models import Agreement, Entrustment
from cmo import clock
from cmo.catalogue.models import DeviceShare, DeviceVersion
from cmo.errors import Finding, Refused
from cmo.parties.models import DossierScope, Pair
from releases.models import Lot

#: Kind and key.
Scope = tuple[str, str]
WHOLE: Scope = (DossierScope.WHOLE.value, "")
_LONGEST_KEY = 20


def refuse_unknown_scope(pair: Pair, scope: Scope, instant: datetime) -> None:
    """Nothing, where the pair had such a record at that moment, or the period is one.

    :raises Refused: else.
    """
    kind, key = scope
    if kind == DossierScope.WHOLE and not key:
        return
    if kind == DossierScope.PERIOD:
        period(key)
        return
    named = {DossierScope.DEVICE: _devices, DossierScope.LOT: _lots, DossierScope.AGREEMENT: _agreements}.get(kind)  # type: ignore[call-overload]
    if named is None or not key or not named(pair, key, instant).exists():
        raise Refused([unknown(kind, key)])


def names_a_scope(pair: Pair, kind: str, number: str) -> bool:
    """Whether a dossier of the pair can be limited to this now; False for a kind that does not exist. A record is named by its number alone: an outsider is invited to
    what is printed, never to a key that happens to read so."""
    if kind in {DossierScope.WHOLE, DossierScope.PERIOD}:
        return True
    now = clock.now()
    columns = {
        DossierScope.DEVICE.value: (_devices, "number_printed"),
        DossierScope.LOT.value: (_lots, "number"),
        DossierScope.AGREEMENT.value: (_agreements, "number"),
    }
    if kind not in columns:
        return False
    found, column = columns[kind]
    return found(pair, number, now).filter(**{column: number}).exists()


def period(key: str) -> tuple[date, date]:
    """First and last day of a period. :raises Refused: where it is none, or ends before it begins."""
    first, _, last = key.partition("/")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise Refused([_no_period(key)]) from error
    if days[0] > days[1]:
        raise Refused([_no_period(key)])
    return days


def in_one_form(scope: Scope) -> Scope:
    """The scope as it is compared and printed: days of a period always written alike. :raises Refused: for no period."""
    kind, key = scope
    if kind == DossierScope.WHOLE and not key.strip():
        return WHOLE
    if kind != DossierScope.PERIOD:
        return kind, key.strip()
    first, last = period(key)
    return kind, f"{first.isoformat()}/{last.isoformat()}"


def _key(key: str) -> int:
    """The primary key that a text may mean; 0 for none."""
    return int(key) if key.isascii() and key.isdecimal() and len(key) < _LONGEST_KEY else 0


def _devices(pair: Pair, key: str, instant: datetime) -> QuerySet[DeviceVersion]:
    mine = (
        model.objects.filter(pair=pair, recorded_at__lte=instant).values("device_id")
        for model in (DeviceShare, Entrustment)
    )
    shared, entrusted = mine
    found = DeviceVersion.objects.filter(proposed_at__lte=instant)
    found = found.filter(Q(device_id__in=shared) | Q(device_id__in=entrusted))
    return found.filter(Q(number_printed=key) | Q(device_id=_key(key)))


def _lots(pair: Pair, key: str, instant: datetime) -> QuerySet[Lot]:
    return Lot.objects.filter(Q(number=key) | Q(pk=_key(key)), pair=pair, recorded_at__lte=instant)


def _agreements(pair: Pair, key: str, instant: datetime) -> QuerySet[Agreement]:
    return Agreement.objects.filter(Q(number=key) | Q(pk=_key(key)), pair=pair, recorded_at__lte=instant)


_KINDS = {
    "device": ("产品", "device"),
    "lot": ("批次", "lot"),
    "agreement": ("质量协议", "quality agreement"),
}


def unknown(kind: str, key: str) -> Finding:
    """That the pair has no such record."""
    zh, en = _KINDS.get(kind, ("范围", "scope"))
    return Finding(
        code="dossier_scope_unknown",
        severity="blocks",
        basis="policy",
        zh=f"本委托关系在该时点没有这一{zh}：{key[:120]}",
        en=f"At that moment the pair has no such {en}: {key[:120]}",
        facts={"kind": kind, "key": key[:120]},
        todo_zh="请按编号填写本委托关系内的产品（注册证编号）、批号或者质量协议编号，或者选择全部记录。",
        todo_en="Name a device by its certificate, a lot or a quality agreement of this pair by its number, or ask for the whole.",
    )


def _no_period(key: str) -> Finding:
    return Finding(
        code="dossier_period_wrong",
        severity="blocks",
        basis="policy",
        zh=f"期间不正确：{key[:60]}",
        en=f"This is no period: {key[:60]}",
        facts={"key": key[:60]},
        todo_zh="请填写首日和末日，末日不早于首日，例如 2025-01-01/2025-12-31。",
        todo_en="Give a first day and a last day that does not lie before it, such as 2025-01-01/2025-12-31.",
    )
