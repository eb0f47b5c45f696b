"""The year's numbers about supervision, holds, obligations and changes of agreements, and the rows behind them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse

from cmo.clock import SHANGHAI, day_of
from cmo.web.wording import bilingual

from .facts.obligations import ObligationFact, load_obligations
from .facts.supervision import PresenceSpan, load_supervision
from .figures import (
    Counted,
    Figure,
    Group,
    Line,
    Records,
    counted,
    instants,
    records_url,
    register_figures,
    register_records,
)
from .models import Agreement, AgreementRevision, Hold, ObligationRecord, Posting, ReviewAction
from .rules.coverage import production_day
from .rules.obligations import occurrences

Pairs = Collection[int]
DAY = timedelta(days=1)


def postings(pairs: Pairs, first: date, last: date) -> QuerySet[Posting]:
    """Postings in force on some day of the period."""
    rows = Posting.objects.filter(pair_id__in=pairs, starts_on__lte=last, ends_on__gte=first)
    return rows.exclude(end__last_day__lt=first)


def holds(pairs: Pairs, first: date, last: date) -> QuerySet[Hold]:
    """Holds and vetoes placed in the period on the pair, a site or an entrustment, lifted or not."""
    begin, end = instants(first, last)
    return Hold.objects.filter(pair_id__in=pairs, recorded_at__gte=begin, recorded_at__lt=end)


def changes(pairs: Pairs, first: date, last: date) -> QuerySet[AgreementRevision]:
    """Amendments and renewals that both sides concluded in the period."""
    begin, end = instants(first, last)
    kinds = (AgreementRevision.Kind.AMENDMENT, AgreementRevision.Kind.RENEWAL)
    rows = AgreementRevision.objects.filter(agreement__pair_id__in=pairs, kind__in=kinds)
    signed = rows.annotate(given=Count("signatures"), latest=Max("signatures__signature__signed_at")).filter(given=2)
    here = Q(paper__isnull=True, latest__gte=begin, latest__lt=end)
    return AgreementRevision.objects.filter(
        pk__in=signed.filter(here | Q(paper__signed_on__range=(first, last))).values("pk")
    )


def performed(pairs: Pairs, first: date, last: date) -> QuerySet[ObligationRecord]:
    """Obligations carried out in the period."""
    return ObligationRecord.objects.filter(pair_id__in=pairs, done_on__range=(first, last))


def actions_done(pairs: Pairs, first: date, last: date) -> QuerySet[ReviewAction]:
    """Actions of concluded reviews carried out in the period."""
    return _owed(pairs).filter(done__done_on__range=(first, last))


def actions_open(pairs: Pairs, _first: date, last: date) -> QuerySet[ReviewAction]:
    """Actions of concluded reviews due up to the last day and not carried out."""
    return _owed(pairs).filter(due_on__lte=last, done__isnull=True)


def _owed(pairs: Pairs) -> QuerySet[ReviewAction]:
    """Actions of reviews that both sides have signed."""
    rows = ReviewAction.objects.filter(review__pair_id__in=pairs, review__signatures__side="registrant")
    return rows.filter(pk__in=ReviewAction.objects.filter(review__signatures__side="contractor").values("pk"))


def _recorded(key: str) -> Callable[[int, date, date], str]:
    return lambda pair, first, last: records_url(key, pair, first, last)


def _counted(key: str, group: str, zh: str, en: str, rows: Any, pair: str = "pair_id") -> Counted:
    return Counted(key, group, zh, en, rows, _recorded(key), pair)


REVIEW = "review__pair_id"
COUNTED: Mapping[str, Counted] = {
    row.key: row
    for row in (
        _counted("postings", Group.SUPERVISION, "派驻", "Postings", postings),
        _counted("holds", Group.AGREEMENT, "作出的锁定与否决", "Holds and vetoes placed", holds),
        _counted(
            "agreement_changes",
            Group.AGREEMENT,
            "协议修订与续签",
            "Amendments and renewals",
            changes,
            "agreement__pair_id",
        ),
        _counted("obligations_done", Group.AGREEMENT, "已履行的约定事项", "Obligations performed", performed),
        _counted(
            "review_actions_done",
            Group.AGREEMENT,
            "已完成的评审措施",
            "Review actions carried out",
            actions_done,
            REVIEW,
        ),
        _counted(
            "review_actions_open",
            Group.AGREEMENT,
            "到期未完成的评审措施",
            "Review actions due and not done",
            actions_open,
            REVIEW,
        ),
    )
}


def row_figures(pair_ids: frozenset[int], first: date, last: date) -> dict[int, list[Figure]]:
    """Postings, holds, changes, obligations performed and actions of reviews; one query."""
    return counted(tuple(COUNTED.values()), pair_ids, first, last)


PRESENCE = ("presence_days", "派驻人员在场天数", "Days with a resident supervisor on site")


def presence_figures(pair_ids: frozenset[int], first: date, last: date) -> dict[int, list[Figure]]:
    """On how many days somebody qualified was on site; two queries."""
    key, zh, en = PRESENCE
    return {
        pk: [
            Figure(
                key,
                Group.SUPERVISION,
                zh,
                en,
                len(_days(facts.presence, first, last)),
                records_url(key, pk, first, last),
            )
        ]
        for pk, facts in load_supervision(pair_ids).items()
    }


def _days(spans: Sequence[PresenceSpan], first: date, last: date) -> dict[date, list[PresenceSpan]]:
    """Day → the stays that count on it. A stay that nobody ended counts on the day it began."""
    found: dict[date, list[PresenceSpan]] = {}
    for span in spans:
        began = day_of(span.starts_at)
        ended = _last_day(span) if span.ends_at else began
        for n in range((min(ended, last) - max(began, first)).days + 1) if span.qualified else ():
            found.setdefault(max(began, first) + n * DAY, []).append(span)
    return dict(sorted(found.items()))


def _last_day(span: PresenceSpan) -> date:
    """The last day a stay reaches into; one that ends at midnight ends the day before."""
    day = day_of(span.ends_at)  # type: ignore[arg-type]
    return day - DAY if span.ends_at == production_day(day)[0] and span.ends_at > span.starts_at else day  # type: ignore[operator]


def _presence_lines(pair_id: int, first: date, last: date) -> list[Line]:
    days = _days(load_supervision([pair_id])[pair_id].presence, first, last)
    return [_presence_line(day, spans) for day, spans in days.items()]


def _presence_line(day: date, spans: Sequence[PresenceSpan]) -> Line:
    url = reverse("agreements:posting", args=[spans[0].posting_id])
    hours = ", ".join(f"{_clock(one.starts_at)} – {_clock(one.ends_at) if one.ends_at else ''}" for one in spans)
    return Line(day, " · ".join(dict.fromkeys(span.person for span in spans)), hours, url)


def _clock(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


MISSED = ("obligations_missed", "到期未履行的约定事项", "Obligations due and not performed")


def missed_figures(pair_ids: frozenset[int], first: date, last: date) -> dict[int, list[Figure]]:
    """Occurrences that fell due in the period and are not on record; a constant number of queries."""
    numbers = dict.fromkeys(pair_ids, 0)
    for pair_id, _agreement, _obligation, _due_on in _missed(pair_ids, first, last):
        numbers[pair_id] += 1
    key, zh, en = MISSED
    return {
        pk: [Figure(key, Group.AGREEMENT, zh, en, number, records_url(key, pk, first, last))]
        for pk, number in numbers.items()
    }


def _missed(pair_ids: Pairs, first: date, last: date) -> Iterator[tuple[int, int, ObligationFact, date]]:
    """(pair, agreement, obligation, due day), by the revision in force on the last day."""
    ids = Agreement.objects.filter(pair_id__in=pair_ids).values_list("pk", flat=True)
    for facts in load_obligations(ids, last).values():
        for obligation in facts.obligations:
            for one in occurrences(facts, obligation, last):
                if one.record is None and first <= one.due_on <= last:
                    yield facts.pair_id, facts.agreement_id, obligation, one.due_on


def _missed_lines(pair_id: int, first: date, last: date) -> list[Line]:
    return [
        Line(
            due_on,
            bilingual(obligation, "what"),
            bilingual(obligation, "proof"),
            reverse("agreements:obligations", args=[agreement]),
        )
        for _pair, agreement, obligation, due_on in _missed([pair_id], first, last)
    ]


def _posting_line(row: Posting) -> Line:
    return Line(
        row.starts_on, row.person_name, f"{row.starts_on} – {row.ends_on}", reverse("agreements:posting", args=[row.pk])
    )


def _hold_line(row: Hold) -> Line:
    return Line(day_of(row.recorded_at), row.get_kind_display(), row.reason, reverse("agreements:hold", args=[row.pk]))


def _change_line(row: AgreementRevision) -> Line:
    url = reverse("agreements:revision", args=[row.pk])
    return Line(row.starts_on, f"{row.agreement.number}/{row.number}", row.get_kind_display(), url)


def _performed_line(row: ObligationRecord) -> Line:
    return Line(row.done_on, row.reference, row.note, reverse("agreements:obligation_record", args=[row.pk]))


def _action_line(row: ReviewAction) -> Line:
    done = getattr(row, "done", None)
    url = reverse("agreements:review", args=[row.review_id])
    return Line(done.done_on if done else row.due_on, row.what, row.get_side_display(), url)


#: Figure → what else its rows need, and a row as a line.
LINES: Mapping[str, tuple[tuple[str, ...], Callable[[Any], Line]]] = {
    "postings": ((), _posting_line),
    "holds": ((), _hold_line),
    "agreement_changes": (("agreement",), _change_line),
    "obligations_done": ((), _performed_line),
    "review_actions_done": (("done",), _action_line),
    "review_actions_open": ((), _action_line),
}


def _lines_of(row: Counted) -> Callable[[int, date, date], Sequence[Line]]:
    related, line = LINES[row.key]

    def load(pair_id: int, first: date, last: date) -> list[Line]:
        rows = row.rows([pair_id], first, last)
        return [line(one) for one in (rows.select_related(*related) if related else rows).order_by("-pk")]

    return load


def register() -> None:
    """Called once when the app is ready."""
    for order, provider in enumerate((row_figures, presence_figures, missed_figures), 10):
        register_figures(provider, order)
    register_records(Records(*PRESENCE, _presence_lines))
    register_records(Records(*MISSED, _missed_lines))
    for row in COUNTED.values():
        register_records(Records(row.key, row.label_zh, row.label_en, _lines_of(row)))
