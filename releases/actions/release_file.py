"""The release file: documents, their review by named people, and the registrant's questions about it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.evidence.facts import files_of
from cmo.parties.access import Can, still_allowed
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts import load_lot_facts
from ..models import DocumentReview, FileAnswer, FileReturn, Lot, LotDocument
from ..rules.acts import (
    blockers_to_answer,
    blockers_to_change_file,
    blockers_to_return,
    decided_meanwhile,
    files_changed_meanwhile,
    listed_already,
)
from .writing import insert, lock_lot, who_and_when


@transaction.atomic
def add_document(*, lot: Lot, kind: str, reference: str, note: str = "", by: Actor, at: datetime) -> LotDocument:
    """Add a document to the release file; ``kind`` is a key of the device's required documents or ``other``.

    A later document of the same kind supersedes the earlier one and is reviewed anew. Files are attached as evidence.

    :raises Refused: when the file is closed or the same document is there already. :raises PermissionDenied:
    """
    still_allowed(by, Can.ATTACH_TO_LOT, lot.pair, day_of(at))
    locked = lock_lot(lot)
    refuse_if_any(blockers_to_change_file(load_lot_facts([locked])[locked.pk]))
    row = LotDocument(lot=locked, kind=kind, reference=reference.strip(), note=note.strip(), **who_and_when(by, at))
    row.full_clean(validate_unique=False, validate_constraints=False)
    insert(row, listed_already("放行资料中已有该文件。", "This document is in the release file already."))
    data = {"document": row.pk, "kind": kind, "reference": row.reference}
    record("lot.document_added", by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.note, data=data)
    return row


@transaction.atomic
def review_document(
    *, document: LotDocument, remark: str = "", seen: Collection[int] | None = None, by: Actor, at: datetime
) -> DocumentReview:
    """Tick a document as reviewed, by name, for the side of the post held. From then on its files do not change any more.

    ``seen``: keys of the files that lay before this person, compared with those that lie there now.

    :raises Refused: when this person has reviewed it already, or its files changed meanwhile. :raises PermissionDenied:
    """
    lot = document.lot
    still_allowed(by, Can.REVIEW_RELEASE_FILE, lot.pair, day_of(at))
    locked = lock_lot(lot)
    if seen is not None and {file.pk for file in next(iter(files_of([document]).values()))} != set(seen):
        raise Refused([files_changed_meanwhile()])
    row = DocumentReview(document=document, side=by.side, remark=remark.strip(), **who_and_when(by, at))
    insert(row, listed_already("您已审核过该文件。", "You have reviewed this document already."))
    data = {"document": document.pk, "kind": document.kind, "reference": document.reference, "side": by.side}
    record("lot.document_reviewed", by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.remark, data=data)
    return row


@transaction.atomic
def return_file(*, lot: Lot, question: str, by: Actor, at: datetime) -> FileReturn:
    """The registrant asks about the release file or returns it; both releases wait for the contractor's answer.

    :raises Refused: when a market decision stands, or the same question is open. :raises PermissionDenied:
    """
    still_allowed(by, Can.RETURN_RELEASE_FILE, lot.pair, day_of(at))
    locked = lock_lot(lot)
    refuse_if_any(blockers_to_return(load_lot_facts([locked])[locked.pk], question))
    row = FileReturn(lot=locked, question=question.strip(), **who_and_when(by, at))
    row.save(force_insert=True)
    data = {"return": row.pk}
    record("lot.file_returned", by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.question, data=data)
    return row


@transaction.atomic
def answer_return(*, file_return: FileReturn, answer: str, by: Actor, at: datetime) -> FileAnswer:
    """The contractor answers a question about the release file.

    :raises Refused: when it has been answered. :raises PermissionDenied:
    """
    lot = file_return.lot
    still_allowed(by, Can.ATTACH_TO_LOT, lot.pair, day_of(at))
    locked = lock_lot(lot)
    answered = FileAnswer.objects.filter(file_return=file_return).exists()
    refuse_if_any(blockers_to_answer(answered=answered, answer=answer))
    row = FileAnswer(file_return=file_return, answer=answer.strip(), **who_and_when(by, at))
    insert(row, decided_meanwhile())
    data = {"return": file_return.pk, "answer": row.pk}
    record("lot.return_answered", by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.answer, data=data)
    return row
