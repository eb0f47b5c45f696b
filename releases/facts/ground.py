"""What lots of an entrustment share when a release is looked back on, and the days on which any of it turns.

Between two such days nothing changes: lots of one entrustment, model and the same prints whose days lie between the same ones
stand or fall together, so one lot of each class is judged, whatever the number of lots, and no lot is loaded for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from agreements.facts import EntrustmentFacts
from agreements.models import Entrustment
from cmo.catalogue.facts import held_catalogue
from cmo.catalogue.models import LabelVersion
from cmo.catalogue.rules import Catalogue
from cmo.clock import day_of
from cmo.parties.models import Post

from .affected import Group
from .demands import CheckFact, IdentifierFact, same_model
from .hung import identifiers_of
from .labels import load_printing
from .loading import label_fact, releaser_fact, screened_by
from .printing import Printing
from .values import LabelFact, LotFacts, ReleaserFact


@dataclass(frozen=True, slots=True)
class Ground:
    """Entrustments, prints, identifiers, editions of the catalogue and posts that lots rest on.

    By device ``identifiers`` of its sales units and ``udi_listed``, its answer on the UDI batches; ``printing`` judges the
    checked texts of the prints.
    """

    entrustments: Mapping[int, EntrustmentFacts]
    recorded_on: Mapping[int, date]
    prints: Mapping[int, LabelFact]
    identifiers: Mapping[int, Sequence[IdentifierFact]]
    udi_listed: Mapping[int, str]
    catalogue: Catalogue
    releasers: Mapping[int, Sequence[ReleaserFact]]
    printing: Printing

    def days(self) -> set[date]:
        """Days on which prints, identifiers, editions, posts or records begin or end."""
        found = set(self.recorded_on.values())
        for one in (one for known in self.identifiers.values() for one in known):
            found |= {day for day in (one.assigned_on, one.uploaded_on, one.retired_on) if day is not None}
        for used in self.prints.values():
            found |= {used.starts_on, *_after(used.last_day)}
        for edition in self.catalogue.editions:
            found |= {edition.effective_from, *_after(edition.effective_to)}
        for post in (post for posts in self.releasers.values() for post in posts):
            dated = (post.starts_on, post.ended_on, post.authorised_on, post.trained_on)
            found |= {day for day in dated if day is not None} | {*_after(post.ends_on)}
        return found

    def lot(self, group: Group) -> LotFacts:
        """A lot of the group, without anything that a lot has for itself: file, steps, decisions, holds of its own."""
        entrustment = self.entrustments[group.entrustment_id]
        days = group.produced_from, group.produced_to
        outcome, editions, determined = screened_by(entrustment, self.catalogue, *days)
        return LotFacts(
            lot_id=group.lots[0],
            number="",
            pair_id=group.pair_id,
            registrant_id=entrustment.registrant_id,
            contractor_id=entrustment.contractor_id,
            device_id=entrustment.device_id,
            device_name_zh="",
            device_name_en="",
            site_id=entrustment.site_id,
            entrustment=entrustment,
            go_live_on=self.recorded_on[group.entrustment_id],
            model=group.model,
            produced_from=group.produced_from,
            produced_to=group.produced_to,
            quantity=0,
            unit="",
            expires_on=None,
            taken_over=group.taken_over,
            taken_over_note="",
            registered_by_id=None,
            label=self.prints.get(group.label_id or 0),
            ifu=self.prints.get(group.ifu_id or 0),
            label_check=self._check(group, group.label_id),
            ifu_check=self._check(group, group.ifu_id),
            catalogue=outcome,
            catalogue_editions=editions,
            catalogue_determined=determined,
            required_documents=(),
            udi_listed=self.udi_listed.get(entrustment.device_id, "unknown"),
            identifiers=tuple(
                one for one in self.identifiers[entrustment.device_id] if same_model(one.model, group.model)
            ),
        )

    def _check(self, group: Group, print_id: int | None) -> CheckFact | None:
        """The check of a print, its text judged for the lots of a group."""
        recorded_on = self.recorded_on[group.entrustment_id]
        return self.printing.check(group.entrustment_id, print_id, group.produced_to, recorded_on)


def ground_of(groups: Sequence[Group]) -> Ground:
    """Everything that lots of these groups share; a constant number of queries."""
    rows = Entrustment.objects.defer("facts", "findings").in_bulk({one.entrustment_id for one in groups})
    prints = {pk for one in groups for pk in (one.label_id, one.ifu_id) if pk is not None}
    devices = {row.device_id for row in rows.values()}
    printing = load_printing(rows.values(), prints)
    return Ground(
        entrustments=printing.entrustments,
        recorded_on={pk: day_of(row.recorded_at) for pk, row in rows.items()},
        prints={
            row.pk: label_fact(row) for row in LabelVersion.objects.filter(pk__in=prints).select_related("withdrawal")
        },
        identifiers={pk: identifiers_of(pk, printing.hanging) for pk in devices},
        udi_listed={pk: printing.listed(pk) for pk in devices},
        catalogue=held_catalogue(),
        releasers=releasers_of(groups),
        printing=printing,
    )


def _after(day: date | None) -> tuple[date, ...]:
    return () if day is None else (day + timedelta(days=1),)


def releasers_of(groups: Iterable[Group]) -> dict[int, list[ReleaserFact]]:
    """Whoever decided → every post they were confirmed in; an account closed since does not count against what was
    decided before. One query.
    """
    people = {one.person_id for one in groups if one.person_id is not None}
    posts = Post.objects.confirmed().filter(user_id__in=people).select_related("end", "user").order_by("id")
    found: dict[int, list[ReleaserFact]] = {person: [] for person in people}
    for post in posts:
        found[post.user_id].append(replace(releaser_fact(post.user, post), account_open=True))
    return found
