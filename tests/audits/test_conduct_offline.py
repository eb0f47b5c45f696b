"""Two auditors, each on a device that is offline at times, loses acknowledgements and looks late: the union of what they
said is kept, each answer once, and an answer gives way only to somebody who had seen it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations, islice
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits import actions
from audits.facts.answers import standing_answers
from audits.facts.conduct import AnswerSaid
from audits.facts.conducting import changed_since
from audits.models import Audit, ItemAnswer
from cmo.errors import Refused
from cmo.trail.actor import Actor
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests.audits import build
from tests.audits.build import LONG, at

pytestmark = pytest.mark.django_db

Key = UUID
#: What somebody does: answer an item, settle it, lose or regain the connection, lose the next acknowledgement, look.
Step = tuple[str, int]


@dataclass
class Waiting:
    """An answer in a device. ``after``: the own one before it, whose number is not known here yet."""

    serial: int
    said: AnswerSaid
    after: Key | None = None


@dataclass
class Device:
    """What the page's script does, in Python: see ``static/js/audit-queue.js``."""

    row: Audit
    by: Actor
    name: str
    online: bool = True
    deaf: bool = False
    queue: list[Waiting] = field(default_factory=list)
    seen: dict[int, tuple[int, ...]] = field(default_factory=dict)
    #: Every answer typed here that counts, with the keys or numbers of the answers its author had seen.
    typed: dict[Key, tuple[int, str]] = field(default_factory=dict)
    covered: set[int] = field(default_factory=set)
    number: int = 0
    latest: int = 0

    def step(self, what: str, serial: int) -> None:
        if what == "off":
            self.online = False
        elif what == "on":
            self.online = True
        elif what == "deaf":
            self.deaf = True
        elif what == "look":
            self.look()
        else:
            self.say(serial, f"{self.name}{self.number}")
        self.flush()

    def say(self, serial: int, note: str) -> None:
        self.number += 1
        seen = self.seen.get(serial, ())
        waits = [one for one in self.queue if one.serial == serial]
        said = build.said("defect", note)
        if waits:
            one = Waiting(serial, said, after=waits[-1].said.client_key)
        else:
            one = Waiting(serial, replace(said, replaces=seen[-1] if seen else None, settles=seen[:-1]))
        self.typed[said.client_key] = (serial, note)
        self.queue.append(one)

    def look(self) -> None:
        if self.online:
            news = changed_since(self.row, self.latest)
            self.seen |= {serial: tuple(fact.answer_id for fact in facts) for serial, facts in news.items()}
            self.latest = max([self.latest, *(fact.answer_id for facts in news.values() for fact in facts)])

    def flush(self) -> None:
        while self.online and self.queue:
            one = self.queue[0]
            try:
                done = actions.answer_item(
                    audit_id=self.row.pk, serial=one.serial, said=one.said, by=self.by, at=at(minutes=9)
                )
            except Refused as refusal:
                if refusal.codes != ["answer_settles_nothing"]:
                    raise
                self.take_up_again(one)
                continue
            if self.deaf:
                self.deaf = False
                continue  # it arrived, but the device does not know: it is sent once more
            self.kept(one, done)

    def kept(self, one: Waiting, done: actions.Answered) -> None:
        self.queue.pop(0)
        self.seen[one.serial] = tuple(answer.answer_id for answer in done.standing) or (done.answer_id,)
        self.covered |= {*filter(None, [one.said.replaces]), *one.said.settles}
        for later in self.queue:
            if later.after == one.said.client_key:
                later.said, later.after = replace(later.said, replaces=done.answer_id), None

    def take_up_again(self, one: Waiting) -> None:
        """What was to be settled had changed: the words are said again over what stands now."""
        self.queue.pop(0)
        del self.typed[one.said.client_key]
        for later in self.queue:
            if later.after == one.said.client_key:
                later.after = None
        self.look()
        serial, seen = one.serial, self.seen.get(one.serial, ())
        said = build.said("defect", one.said.note, replaces=seen[-1] if seen else None, settles=seen[:-1])
        self.typed[said.client_key] = (serial, said.note)
        self.queue.insert(0, Waiting(serial, said))
        for later in self.queue[1:]:
            if later.serial == serial:
                later.after = said.client_key
                break


def play(row: Audit, people: tuple[Actor, Actor], steps: list[tuple[int, Step]]) -> tuple[Device, Device]:
    """Both do their steps in this order; at the end both are online and everything is sent."""
    devices = (Device(row, people[0], "甲"), Device(row, people[1], "乙"))
    for who, (what, serial) in steps:
        devices[who].step(what, serial)
    for device in devices:
        device.step("on", 0)
    return devices


def judge(row: Audit, devices: tuple[Device, Device], serials: set[int]) -> None:
    """Nothing lost, nothing doubled, and only what its author's successor had seen gave way."""
    rows = list(ItemAnswer.objects.filter(item__audit=row, item__serial__in=serials).select_related("item"))
    typed = devices[0].typed | devices[1].typed
    assert sorted((one.item.serial, one.note) for one in rows) == sorted(typed.values())
    assert {one.client_key for one in rows} == set(typed)
    gone = devices[0].covered | devices[1].covered
    standing = set(standing_answers(row).filter(item__serial__in=serials).values_list("pk", flat=True))
    # Two who saw the same answer and both wrote over it: the first takes its place, the second stands beside the first.
    assert standing == {one.pk for one in rows} - gone


def interleavings(one: list[Step], other: list[Step]) -> Iterator[list[tuple[int, Step]]]:
    """Every order in which the steps of two people can happen."""
    length = len(one) + len(other)
    for places in combinations(range(length), len(one)):
        ours, theirs, chosen = iter(one), iter(other), set(places)
        yield [(0, next(ours)) if n in chosen else (1, next(theirs)) for n in range(length)]


#: One answers offline and again when back; the other hears no acknowledgement of the first answer, looks and answers again.
FIRST: list[Step] = [("off", 0), ("say", 1), ("say", 1), ("on", 0), ("say", 1)]
SECOND: list[Step] = [("deaf", 0), ("say", 1), ("look", 0), ("say", 1)]


def moved(steps: list[tuple[int, Step]], by: int) -> list[tuple[int, Step]]:
    """The same on another item."""
    return [(who, (what, serial + by if serial else 0)) for who, (what, serial) in steps]


def test_every_interleaving_of_two_auditors_keeps_the_union_of_their_answers() -> None:
    built = build.world()
    people = (built.auditor, built.second)
    orders = interleavings(FIRST, SECOND)
    tried = 0
    # Items are independent of each other, so that one audit serves as many orders as it has items.
    while chunk := list(islice(orders, 185)):
        row = build.begun(built, template=LONG)
        for n, steps in enumerate(chunk):
            judge(row, play(row, people, moved(steps, n)), {n + 1})
        tried += len(chunk)
        assert verify([row.stream]).ok
        kept = Entry.objects.filter(stream=row.stream, verb__in=["audit.item_answered", "audit.conflict_settled"])
        assert kept.count() == ItemAnswer.objects.filter(item__audit=row).count()
    assert tried == 126


@pytest.fixture
def begun() -> tuple[build.World, Audit]:
    built = build.world()
    return built, build.begun(built)


steps = st.tuples(
    st.integers(0, 1),
    st.tuples(st.sampled_from(["say", "say", "say", "off", "on", "deaf", "look"]), st.integers(1, 3)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(steps, max_size=24))
def test_any_order_of_any_steps_keeps_the_union(begun: tuple[build.World, Audit], steps: list[tuple[int, Any]]) -> None:
    built, row = begun
    with transaction.atomic():
        judge(row, play(row, (built.auditor, built.second), steps), {1, 2, 3})
        transaction.set_rollback(True)
