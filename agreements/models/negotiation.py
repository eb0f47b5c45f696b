"""Negotiating a draft: rounds handed over, changes that one side proposes and the other answers, remarks, Word files.

The draft changes only by an accepted proposal once its first round was handed over; who wrote what is therefore the line
of proposals and answers, and every round keeps the whole text as both sides had it before them.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.models import Side
from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard
from cmo.trail.models import AppendOnlyModel

from .agreement import Agreement


class NegotiationRound(TenantFact, RecordedBy):
    """The whole draft as one side handed it to the other, with the changes of the round before answered.

    ``after_revision``: number of the latest concluded revision then (0: none); a negotiation is open while a round after
    the latest concluded revision exists. ``body``: canonical text as ``agreements.body`` makes it.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField(_("round"))
    after_revision = models.PositiveIntegerField()
    side = models.CharField(_("handed over by"), max_length=20, choices=Side)
    note = models.TextField(_("note to the other side"), blank=True)
    body = models.TextField(_("canonical text"))
    body_hash = models.CharField(max_length=64)

    insert_guards = tenant_guard("round_matches_its_pair")

    class Meta:
        verbose_name = _("round of a negotiation")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="one_round_per_agreement_and_number")
        ]

    def __str__(self) -> str:
        return f"{self.agreement} · {self.number}"


class ReturnedFile(TenantFact, RecordedBy):
    """A Word file that came back: kept as it is, read once, and offered clause by clause to whoever uploaded it.

    Only the organisation that uploaded it sees it. ``report``: what was found, as ``agreements.returned`` makes it;
    ``base``: the body that it was compared with.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="returned_files")
    organisation_id = models.BigIntegerField()
    side = models.CharField(max_length=20, choices=Side)
    file_name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    base = models.TextField()
    report = models.JSONField(default=dict)

    insert_guards = tenant_guard("returned_file_matches_its_pair")

    class Meta:
        verbose_name = _("Word file that came back")
        indexes = [models.Index(fields=["agreement", "-id"], name="agreements_returned_file")]

    def __str__(self) -> str:
        return self.file_name


class ReturnedFileEnd(AppendOnlyModel, RecordedBy):
    """What became of a returned file: its chosen changes were taken over, or it was put aside.

    ``chosen``: keys of the changes taken over; ``mapped``: text of the file without a control → clause it was put to.
    """

    file = models.OneToOneField(ReturnedFile, on_delete=models.PROTECT, related_name="end")
    chosen = models.JSONField(default=list)
    mapped = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("end of a returned file")

    def __str__(self) -> str:
        return str(self.file)


class ProposedChange(TenantFact, RecordedBy):
    """One change of the draft that a side proposes: a row changed, added, removed or moved, or the terms.

    ``row_key``: key of the clause, duty or obligation (of an added one: the key it will have), empty for the terms;
    ``base_edition``: the edition of the row that the proposer saw (0: none); ``before``/``after``: the row's columns,
    JSON-ready (``after`` empty: removed; moved: ``{"position": n}``). ``word_authors``: for a change that came from a
    Word file, who tracked it there: ``[{"author", "at", "inserted", "deleted"}]``, as that file says.
    """

    class Kind(models.TextChoices):
        CLAUSE = "clause", _("clause")
        DUTY = "duty", _("duty")
        OBLIGATION = "obligation", _("obligation")
        TERMS = "terms", _("term and coverage")

    class Act(models.TextChoices):
        CHANGE = "change", _("change")
        ADD = "add", _("addition")
        REMOVE = "remove", _("removal")
        MOVE = "move", _("move")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="proposed_changes")
    kind = models.CharField(max_length=20, choices=Kind)
    act = models.CharField(max_length=20, choices=Act)
    row_key = models.CharField(max_length=60, blank=True)
    base_edition = models.PositiveIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    side = models.CharField(_("proposed by"), max_length=20, choices=Side)
    organisation_id = models.BigIntegerField()
    reason = models.TextField(_("reason"), blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    file = models.ForeignKey(ReturnedFile, on_delete=models.PROTECT, null=True, related_name="proposals")
    word_authors = models.JSONField(default=list)

    insert_guards = tenant_guard("proposed_change_matches_its_pair")

    class Meta:
        verbose_name = _("proposed change")
        indexes = [models.Index(fields=["agreement", "kind", "row_key"], name="agreements_proposed_row")]

    def __str__(self) -> str:
        return f"{self.agreement} · {self.get_kind_display()} {self.row_key}"


class ChangeAnswer(AppendOnlyModel, RecordedBy):
    """The one answer to a proposed change.

    ``accepted`` and ``declined`` are the other side's, ``withdrawn`` the proposer's own; ``countered``: declined by
    proposing another text for the row; ``overtaken``: the row changed or left by another accepted change.
    """

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        COUNTERED = "countered", _("answered by another proposal")
        WITHDRAWN = "withdrawn", _("withdrawn")
        OVERTAKEN = "overtaken", _("overtaken")

    change = models.OneToOneField(ProposedChange, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(max_length=20, choices=Outcome)
    side = models.CharField(max_length=20, choices=Side)
    reason = models.TextField(_("reason"), blank=True)

    insert_guards = {
        "nobody_accepts_the_own_proposal": "NEW.outcome IN ('accepted', 'declined', 'countered') AND EXISTS "
        "(SELECT 1 FROM agreements_proposedchange c WHERE c.id = NEW.change_id AND c.side = NEW.side)",
    }

    class Meta:
        verbose_name = _("answer to a proposed change")

    def __str__(self) -> str:
        return f"{self.change} · {self.get_outcome_display()}"


class DraftRemark(TenantFact, RecordedBy):
    """A remark on a clause or row of the draft, or on one proposed change; both sides read it.

    ``word_author``, ``word_at``: for a comment that came from a Word file, as that file says.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=20, choices=ProposedChange.Kind)
    row_key = models.CharField(max_length=60, blank=True)
    about = models.ForeignKey(ProposedChange, on_delete=models.PROTECT, null=True, related_name="remarks")
    side = models.CharField(max_length=20, choices=Side)
    text = models.TextField(_("remark"))
    file = models.ForeignKey(ReturnedFile, on_delete=models.PROTECT, null=True, related_name="remarks")
    word_author = models.CharField(max_length=200, blank=True)
    word_at = models.CharField(max_length=40, blank=True)

    insert_guards = tenant_guard("remark_matches_its_pair")

    class Meta:
        verbose_name = _("remark on a draft")
        indexes = [models.Index(fields=["agreement", "kind", "row_key"], name="agreements_remark_row")]

    def __str__(self) -> str:
        return self.text[:60]


class WordTemplate(AppendOnlyModel, RecordedBy):
    """A company's own DOCX with placeholders, in which its agreements go out; checked when it is uploaded, never run.

    A later version replaces an earlier one of the same name.
    """

    organisation = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="word_templates")
    name = models.CharField(_("name"), max_length=100)
    version = models.PositiveIntegerField(_("version"))
    file_name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    #: Placeholders found, in the order of the file.
    placeholders = models.JSONField(default=list)

    class Meta:
        verbose_name = _("Word template")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name", "version"], name="one_word_template_per_name_and_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class WordTemplateEnd(AppendOnlyModel, RecordedBy):
    """A Word template taken out of use; what went out in it is unchanged."""

    template = models.OneToOneField(WordTemplate, on_delete=models.PROTECT, related_name="end")
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("end of a Word template")

    def __str__(self) -> str:
        return str(self.template)
