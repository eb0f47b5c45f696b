"""Word files that came back: taking one in, taking over what was chosen of it, putting it aside.

The file stays with the organisation that uploaded it: its entries are on that organisation's stream, and the other side
learns only of the proposals, remarks or edits that came from it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation

from cmo.clock import day_of
from cmo.errors import Finding, Refused, refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..facts.columns import CLAUSE, TERMS
from ..facts.returned import load_clauses
from ..facts.rounds import negotiation_open
from ..models import Agreement, AgreementDraft, DraftClause, ReturnedFile, ReturnedFileEnd
from ..word.known import ClauseNow
from ..word.planning import ADD, MOVE, REMOVE, Choice, Remark, Step, comments_for, plan_of
from ..word.returned import Compared, compare_returned, names_in, read_returned
from ..wording import finding
from .clauses import add_draft_clause, edit_draft_clause, move_draft_clause, remove_draft_clause
from .proposing import propose_change
from .recording import recorded
from .remarking import remark
from .revision import lock_draft
from .rounds import side_of

_LONGEST_NAME = 255
#: How often a file is compared with a draft that somebody changes meanwhile.
_TIMES = 3


def take_returned_file(*, agreement: Agreement, file: IO[bytes], name: str, by: Actor, at: datetime) -> ReturnedFile:
    """Keep a Word file that came back, with what it says clause by clause.

    It is opened, read and compared before the transaction begins, so that a large file holds no lock. Bytes that the
    organisation uploaded before and has not dealt with come back as the file that they are already.

    :raises Refused: with the one reason why the file is not taken. :raises PermissionDenied:
    """
    still_allowed(by, Can.NEGOTIATE, agreement.pair, day_of(at))
    reading = read_returned(file)
    file.seek(0)
    content = file.read()
    for _time in range(_TIMES):
        draft = AgreementDraft.objects.select_related("agreement").get(agreement=agreement)
        compared = compare_returned(reading, draft)
        row = _keep(agreement=agreement, compared=compared, content=content, name=name, by=by, at=at)
        if row is not None:
            return row
    raise Refused([finding("word_draft_changed")])


@transaction.atomic
def _keep(
    *, agreement: Agreement, compared: Compared, content: bytes, name: str, by: Actor, at: datetime
) -> ReturnedFile | None:
    """The row; None: the clauses are not any more those that the file was compared with."""
    still_allowed(by, Can.NEGOTIATE, agreement.pair, day_of(at))
    draft = lock_draft(agreement)
    sha256 = hashlib.sha256(content).hexdigest()
    known = same_file(agreement, sha256, by.organisation_id or 0)
    if known is not None:
        return known
    if load_clauses(draft) != compared.clauses:
        return None
    row = ReturnedFile(
        agreement=agreement,
        organisation_id=by.organisation_id or 0,
        side=side_of(agreement.pair, by),
        file_name=re.sub(r"[\x00-\x1f\x7f/\\]", "_", name)[-_LONGEST_NAME:],
        sha256=sha256,
        content=content,
        base=compared.base,
        report=compared.report,
        **tenant(agreement.pair),
        **recorded(by, at),
    )
    row.save(force_insert=True)
    _record("negotiation.file_returned", row, {"size": len(content)}, by=by, at=at)
    return row


def same_file(agreement: Agreement, sha256: str, organisation_id: int) -> ReturnedFile | None:
    """The file with these bytes that the organisation uploaded and has not dealt with; what was left of one that it has
    is taken over from a further upload."""
    rows = ReturnedFile.objects.filter(agreement=agreement, organisation_id=organisation_id, sha256=sha256)
    return rows.filter(end__isnull=True).order_by("-id").first()


@transaction.atomic
def take_over_changes(
    *,
    file: ReturnedFile,
    chosen: Collection[str],
    mapped: Mapping[str, str],
    remarks: Collection[str] = (),
    seen: Mapping[str, int],
    reason: str = "",
    by: Actor,
    at: datetime,
) -> ReturnedFileEnd:
    """Take over what was chosen, all of it or nothing: as proposals while a negotiation is open, else into the draft.

    ``chosen``: keys of clauses, ``move:key`` for its place in the file's order; ``mapped``: id of loose text → ``set:key:zh``, ``add:key:zh`` or ``new:zh``; ``remarks``:
    keys of clauses, and ``loose:id``, whose comments become remarks; ``seen``: clause → edition that the chooser saw.

    :raises Refused: with every reason, named by its clause. :raises PermissionDenied:
    """
    put = {key: target for key, target in mapped.items() if target}
    row = _locked(file, right_to_take(chosen, put), by, at)
    draft = lock_draft(row.agreement)
    clauses, names = load_clauses(draft), names_in(row.base)
    plan = plan_of(row.report, clauses, Choice(chosen, put))
    comments = comments_for(row.report, remarks, put)
    said = {remark.source for remark in comments}
    refuse_if_any(rules.blockers_to_end_file(ReturnedFileEnd.objects.filter(file=row).exists()))
    refuse_if_any(rules.blockers_to_take_over(plan, len(comments), clauses, names))
    doing = _Doing(row, draft, clauses, names, seen, reason, by, at)
    doing.all(plan.steps, comments)
    end = ReturnedFileEnd(
        file=row,
        chosen=sorted({*chosen, *(f"remarks:{one}" for one in said)}),
        mapped=put,
        reason=reason,
        **recorded(by, at),
    )
    end.save(force_insert=True)
    data = {"chosen": end.chosen, "mapped": put, "proposed": doing.proposing}
    _record("negotiation.file_taken_over", row, data, reason=reason, by=by, at=at)
    return end


def right_to_take(chosen: Collection[str], mapped: Mapping[str, str]) -> Can:
    """Who may take over a choice: comments alone become remarks, which everybody who negotiates may make."""
    return Can.DRAFT_AGREEMENT if chosen or mapped else Can.NEGOTIATE


@transaction.atomic
def put_file_aside(*, file: ReturnedFile, reason: str, by: Actor, at: datetime) -> ReturnedFileEnd:
    """Take nothing over from a file, and say why. :raises Refused: :raises PermissionDenied:"""
    row = _locked(file, Can.NEGOTIATE, by, at)
    ended = ReturnedFileEnd.objects.filter(file=row).exists()
    refuse_if_any(rules.blockers_to_put_aside(ended, reason))
    end = ReturnedFileEnd(file=row, reason=reason.strip(), **recorded(by, at))
    end.save(force_insert=True)
    _record("negotiation.file_put_aside", row, {}, reason=end.reason, by=by, at=at)
    return end


def _locked(file: ReturnedFile, can: Can, by: Actor, at: datetime) -> ReturnedFile:
    """The file, after judging that the actor may do this and acts for the organisation that uploaded it; the agreement's
    draft is what is locked, so that two people never end a file at once. :raises PermissionDenied:"""
    still_allowed(by, can, file.agreement.pair, day_of(at))
    if by.organisation_id != file.organisation_id:
        raise PermissionDenied(str(file.pk))
    lock_draft(file.agreement)
    return ReturnedFile.objects.select_related("agreement__pair").get(pk=file.pk)


class _Doing:
    """Carries out a plan: every step is tried, and what stands against any of them stops all."""

    def __init__(
        self,
        file: ReturnedFile,
        draft: AgreementDraft,
        clauses: Sequence[ClauseNow],
        names: Mapping[str, tuple[str, str]],
        seen: Mapping[str, int],
        reason: str,
        by: Actor,
        at: datetime,
    ) -> None:
        self.file, self.draft, self.names, self.reason = file, draft, names, reason
        self.numbers = {clause.key: clause.number for clause in clauses}
        self.seen = seen
        #: Clause → its edition after an own step; clause → the latest one added behind it; the keys in their order.
        self.own: dict[str, int] = {}
        self.added: dict[str, str] = {}
        self.order = list(self.numbers)
        self.who: dict[str, Any] = {"by": by, "at": at}
        self.proposing = negotiation_open(file.agreement)
        self.against: list[Finding] = []

    def all(self, steps: Iterable[Step], remarks: Iterable[Remark]) -> None:
        """:raises Refused: with everything that stands against any step."""
        for step in steps:
            self._try(step.key, lambda step=step: self._one(step))  # type: ignore[misc]
        for one in remarks:
            self._try(one.key, lambda one=one: self._remark(one.key, one.comment))  # type: ignore[misc]
        refuse_if_any(self.against)

    def _try(self, key: str, do: Callable[[], object]) -> None:
        try:
            with transaction.atomic():
                do()
        except Refused as refusal:
            self.against += [rules.step_refused(why, key, self.names) for why in refusal.findings]
        except ValidationError as error:
            self.against.append(rules.step_refused(_both(error), key, self.names))

    def _one(self, step: Step) -> object:
        place, behind = self._place(step)
        if self.proposing:
            done: Any = self._propose(step, place, behind)
        elif step.act == ADD:
            done = add_draft_clause(draft=self.draft, content=step.after, position=place, **self.who)
        else:
            done = self._edit(step, place)
        self._placed(step, done, place)
        return done

    def _edit(self, step: Step, place: int) -> object:
        """Change, move or remove a clause that the draft has; a step before this one about the same clause was our own."""
        row = DraftClause.objects.filter(draft=self.draft, key=step.key).select_related("draft").get()
        seen = self.own.get(step.key) or self.seen.get(step.key, 0)
        if step.act == REMOVE:
            return remove_draft_clause(clause=row, seen_edition=seen, **self.who)
        if step.act == MOVE:
            return move_draft_clause(clause=row, seen_edition=seen, position=place, **self.who)
        names = ("heading_zh", "heading_en", "text_zh", "text_en")
        content = {name: getattr(row, name) for name in names} | step.after
        changed = edit_draft_clause(clause=row, seen_edition=seen, content=content, **self.who)
        self.own[step.key] = changed.edition
        return changed

    def _place(self, step: Step) -> tuple[int, list[str]]:
        """The number of the place where something goes, once the steps before it are done, and the keys before it, nearest
        first; the nearest clause of the file that is left, where the one before it is gone."""
        if step.act not in {ADD, MOVE}:
            return 0, []
        others = [key for key in self.order if key != step.key]
        behind = self.added.get(step.behind, step.behind) if step.act == ADD else step.behind
        file = self.file.report.get("order", [])
        nearest = [behind, *(file[: file.index(step.behind)][::-1] if step.behind in file else ())]
        place = next((others.index(key) + 1 for key in nearest if key in others), len(others) if behind else 0)
        return place + 1, others[:place][::-1]

    def _placed(self, step: Step, done: Any, place: int) -> None:
        """Remember how the order will be after a step."""
        if step.act in {MOVE, REMOVE}:
            self.order.remove(step.key)
        if step.act in {ADD, MOVE}:
            key = step.key or (done.row_key if self.proposing else done.key)
            self.order.insert(place - 1, key)
        if step.act == ADD:
            self.added[step.behind] = key

    def _propose(self, step: Step, place: int, behind: Sequence[str]) -> object:
        after: dict[str, Any] = dict(step.after)
        if step.act in {ADD, MOVE}:
            last = len(self.numbers) + (step.act == ADD)
            after |= {"position": min(place, last), "behind": behind}
        return propose_change(
            agreement=self.file.agreement,
            kind=CLAUSE,
            act=step.act,
            row_key=step.key,
            seen_edition=self.seen.get(step.key, 0),
            after=after,
            reason=self.reason,
            file=self.file,
            word_authors=step.authors,
            **self.who,
        )

    def _remark(self, key: str, said: Mapping[str, str]) -> object:
        about = f"“{said['about']}”\n" if said["about"] else ""
        return remark(
            agreement=self.file.agreement,
            kind=CLAUSE if key else TERMS,
            row_key=key,
            text=f"{about}{said['text']}",
            file=self.file,
            word_author=said["author"],
            word_at=said["at"],
            **self.who,
        )


def _both(error: ValidationError) -> Finding:
    """What a column could not hold, in both languages."""
    words = {}
    for name, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            words[name] = " ".join(error.messages)
    return Finding("invalid", "blocks", "policy", words["zh"], words["en"])


def _record(verb: str, row: ReturnedFile, data: dict[str, Any], *, reason: str = "", by: Actor, at: datetime) -> None:
    stream = f"organisation:{row.organisation_id}"
    told = {"file": row.pk, "agreement": row.agreement.number, "name": row.file_name, "sha256": row.sha256, **data}
    record(verb, by=by, at=at, subject=row, stream=stream, label=row.file_name, reason=reason, data=told)
