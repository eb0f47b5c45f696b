"""The part of a pair's supervision that concerns one lot, so that a decision freezes no more than it rests on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from agreements.facts.supervision import PresenceSpan, SupervisionFacts
from agreements.rules.coverage import LONGEST_OPEN_STAY, production_day

from .demands import same_name
from .making import StepFact


class Supervisions:
    """Supervision of several pairs, indexed by site, from which lots take what concerns them."""

    def __init__(self, pairs: Mapping[int, SupervisionFacts]) -> None:
        self.pairs = pairs
        self._sites: dict[tuple[int, int], _Presence] = {}

    def of_lot(
        self,
        pair: int,
        site: int,
        days: tuple[date, date],
        steps: Collection[StepFact],
        suppliers: Iterable[str],
    ) -> SupervisionFacts:
        """Policies, approvals of these suppliers, and who was posted and present at the site on these days and steps."""
        facts, named = self.pairs[pair], [name for name in suppliers if name.strip()]
        begins = min([production_day(days[0])[0], *(step.starts_at for step in steps)])
        ends = max([production_day(days[1])[1], *(step.ends_at for step in steps)])
        present = self._presence(pair, site).between(begins, ends)
        there = {span.posting_id for span in present}
        return SupervisionFacts(
            policies=facts.policies,
            postings=tuple(
                posting
                for posting in facts.postings
                if posting.site_id == site
                and (posting.posting_id in there or (posting.starts_on <= days[1] and posting.ends_on >= days[0]))
            ),
            presence=present,
            suppliers=tuple(one for one in facts.suppliers if any(same_name(one.supplier, name) for name in named)),
        )

    def _presence(self, pair: int, site: int) -> _Presence:
        key = (pair, site)
        if key not in self._sites:
            self._sites[key] = _Presence(span for span in self.pairs[pair].presence if span.site_id == site)
        return self._sites[key]


class _Presence:
    """Stays at one site by their beginning."""

    def __init__(self, spans: Iterable[PresenceSpan]) -> None:
        self.spans = sorted(spans, key=lambda span: span.starts_at)
        self.starts = [span.starts_at for span in self.spans]
        lengths = (span.ends_at - span.starts_at for span in self.spans if span.ends_at is not None)
        self.longest = max([LONGEST_OPEN_STAY, *lengths], default=timedelta())

    def between(self, begins: datetime, ends: datetime) -> tuple[PresenceSpan, ...]:
        """Stays that may reach into the time from ``begins`` to ``ends``."""
        first, last = bisect_left(self.starts, begins - self.longest), bisect_left(self.starts, ends)
        found = self.spans[first:last]
        return tuple(span for span in found if (span.ends_at or span.starts_at + LONGEST_OPEN_STAY) > begins)
