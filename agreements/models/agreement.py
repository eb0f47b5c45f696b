"""Quality agreements: a working draft, and revisions frozen as canonical text when they are offered for signature.

The draft (clauses, responsibility matrix, coverage, term) is the only mutable part. A revision's ``body`` is the
complete agreement in both languages; signatures, comparison, documents and verification all rest on that one text.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.models import Side
from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard
from cmo.trail.models import AppendOnlyModel

from .entrustment import Entrustment


class Agreement(TenantFact, RecordedBy):
    """One quality agreement of a pair; its text lives in the draft and in the revisions."""

    number = models.CharField(_("agreement number"), max_length=30, unique=True)
    title_zh = models.CharField(_("title (Chinese)"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=200)

    insert_guards = tenant_guard("agreement_matches_its_pair")

    class Meta:
        verbose_name = _("quality agreement")
        indexes = [
            models.Index(fields=["contractor", "-recorded_at", "id"], name="agreement_contractor"),
            models.Index(fields=["registrant", "-recorded_at", "id"], name="agreement_registrant"),
        ]

    def __str__(self) -> str:
        return self.number


class SigningOrder(models.TextChoices):
    """Which side signs first; the database refuses a signature out of turn."""

    ANY = "any", _("in any order")
    REGISTRANT_FIRST = "registrant_first", _("registrant first")
    CONTRACTOR_FIRST = "contractor_first", _("contractor first")


class AgreementDraft(models.Model):
    """The one working draft of an agreement; offering it for signature freezes a revision."""

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="draft")
    template_key = models.CharField(max_length=60)
    template_version = models.CharField(max_length=20)
    #: Counts changes of term and coverage, so that a stale page is told instead of overwriting.
    edition = models.PositiveIntegerField(default=1)
    starts_on = models.DateField(_("term: first day"))
    ends_on = models.DateField(_("term: last day"))
    signing_order = models.CharField(
        _("order of signing"), max_length=20, choices=SigningOrder, default=SigningOrder.ANY
    )
    edited_by_name = models.CharField(max_length=150)
    edited_at = models.DateTimeField()

    class Meta:
        verbose_name = _("draft")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="draft_term_ends_on_or_after_its_first_day",
                violation_error_message=_("The last day lies before the first day."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement} (draft)"


class DraftClause(models.Model):
    """One clause of the draft in both languages. ``edition`` counts edits: a stale editor is told, not overwritten."""

    draft = models.ForeignKey(AgreementDraft, on_delete=models.PROTECT, related_name="clauses")
    key = models.CharField(max_length=60)
    position = models.PositiveIntegerField()
    heading_zh = models.CharField(_("heading (Chinese)"), max_length=200)
    heading_en = models.CharField(_("heading (English)"), max_length=200)
    text_zh = models.TextField(_("text (Chinese)"))
    text_en = models.TextField(_("text (English)"))
    citation = models.CharField(_("citation"), max_length=60, blank=True)
    #: Elements of the national guide that this clause covers (``"QA-08"`` …).
    elements = models.JSONField(default=list, blank=True)
    edition = models.PositiveIntegerField(default=1)
    edited_by_name = models.CharField(max_length=150)
    edited_at = models.DateTimeField()

    class Meta:
        verbose_name = _("clause of a draft")
        constraints = [models.UniqueConstraint(fields=["draft", "key"], name="one_clause_per_draft_and_key")]

    def __str__(self) -> str:
        return f"{self.position} {self.heading_zh}"


class DraftDuty(models.Model):
    """One row of the draft's responsibility matrix: a duty and what each party is to it.

    ``registrant_part`` / ``contractor_part``: letters of ``R`` responsible, ``A`` approves, ``C`` consulted,
    ``I`` informed, or empty. A locked row is fixed by law with its citation.
    """

    draft = models.ForeignKey(AgreementDraft, on_delete=models.PROTECT, related_name="duties")
    key = models.CharField(max_length=60)
    position = models.PositiveIntegerField()
    duty_zh = models.CharField(_("duty (Chinese)"), max_length=300)
    duty_en = models.CharField(_("duty (English)"), max_length=300)
    registrant_part = models.CharField(_("registrant"), max_length=4, blank=True)
    contractor_part = models.CharField(_("contractor"), max_length=4, blank=True)
    locked = models.BooleanField(default=False)
    citation = models.CharField(_("citation"), max_length=60, blank=True)
    clause_key = models.CharField(max_length=60, blank=True)
    edition = models.PositiveIntegerField(default=1)
    edited_by_name = models.CharField(max_length=150)
    edited_at = models.DateTimeField()

    class Meta:
        verbose_name = _("duty of a draft")
        constraints = [models.UniqueConstraint(fields=["draft", "key"], name="one_duty_per_draft_and_key")]

    def __str__(self) -> str:
        return self.duty_zh


class DraftCoverage(models.Model):
    """An entrustment that the draft is to cover."""

    draft = models.ForeignKey(AgreementDraft, on_delete=models.PROTECT, related_name="coverage")
    entrustment = models.ForeignKey(Entrustment, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("coverage of a draft")
        constraints = [
            models.UniqueConstraint(fields=["draft", "entrustment"], name="one_coverage_per_draft_and_entrustment")
        ]

    def __str__(self) -> str:
        return f"{self.draft} · {self.entrustment}"


class AgreementRevision(AppendOnlyModel, RecordedBy):
    """One immutable text of an agreement: signed here by both sides, or registered from paper and confirmed by both.

    "Effective" is derived (``facts``), never stored.
    """

    class Route(models.TextChoices):
        ELECTRONIC = "electronic", _("signed here")
        PAPER = "paper", _("signed on paper")

    class Kind(models.TextChoices):
        """What concluding this revision does; derived when it is offered."""

        AGREEMENT = "agreement", _("agreement")
        AMENDMENT = "amendment", _("amendment")
        RENEWAL = "renewal", _("renewal")
        TERMINATION = "termination", _("termination")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    route = models.CharField(max_length=20, choices=Route)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.AGREEMENT)
    signing_order = models.CharField(
        _("order of signing"), max_length=20, choices=SigningOrder, default=SigningOrder.ANY
    )
    starts_on = models.DateField(_("term: first day"))
    ends_on = models.DateField(_("term: last day"))
    body = models.TextField(_("canonical text"))
    body_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("revision")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="one_revision_per_agreement_and_number"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="revision_term_ends_on_or_after_its_first_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement}/{self.number}"

    @property
    def content(self) -> dict[str, Any]:
        """The body as a dictionary: parties, term, coverage, clauses, duties, template."""
        return json.loads(self.body)

    def canonical_record(self) -> dict[str, Any]:
        """What both sides sign: the whole text in both languages."""
        return {
            "type": "agreements.agreementrevision",
            "agreement": self.agreement_id,
            "number": self.number,
            "route": self.route,
            "body": self.body,
        }


class RevisionCoverage(AppendOnlyModel):
    """An entrustment covered by a revision; its own last day is computed from certificate, licence and term."""

    revision = models.ForeignKey(AgreementRevision, on_delete=models.PROTECT, related_name="coverage")
    entrustment = models.ForeignKey(Entrustment, on_delete=models.PROTECT, related_name="coverage")

    insert_guards = {
        "coverage_stays_within_the_pair": "NOT EXISTS (SELECT 1 FROM agreements_agreementrevision r "
        "JOIN agreements_agreement a ON a.id = r.agreement_id JOIN agreements_entrustment e ON e.pair_id = a.pair_id "
        "WHERE r.id = NEW.revision_id AND e.id = NEW.entrustment_id)"
    }

    class Meta:
        verbose_name = _("coverage")
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "entrustment"], name="one_coverage_per_revision_and_entrustment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.revision} · {self.entrustment}"


class RevisionSignature(AppendOnlyModel):
    """The one signature of a side under a revision: its signatory's, or its quality's confirmation of the paper."""

    revision = models.ForeignKey(AgreementRevision, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=20, choices=Side)
    signature = models.OneToOneField("signing.Signature", on_delete=models.PROTECT, related_name="+")

    insert_guards = {
        "revision_signature_belongs_to_its_revision": "NOT EXISTS (SELECT 1 FROM signing_signature s "
        "WHERE s.id = NEW.signature_id AND s.side = NEW.side "
        "AND s.record_key = 'agreements.agreementrevision:' || NEW.revision_id)",
        "nobody_signs_for_both_sides": "EXISTS (SELECT 1 FROM agreements_revisionsignature r "
        "JOIN signing_signature a ON a.id = r.signature_id JOIN signing_signature b ON b.id = NEW.signature_id "
        "WHERE r.revision_id = NEW.revision_id AND a.signer_id = b.signer_id)",
        "nobody_signs_out_of_turn": "EXISTS (SELECT 1 FROM agreements_agreementrevision v WHERE v.id = NEW.revision_id "
        "AND v.signing_order NOT IN ('any', NEW.side || '_first') AND NOT EXISTS (SELECT 1 FROM "
        "agreements_revisionsignature r WHERE r.revision_id = v.id AND v.signing_order = r.side || '_first'))",
        "nobody_signs_a_closed_revision": "EXISTS (SELECT 1 FROM agreements_revisionevent e "
        "WHERE e.revision_id = NEW.revision_id)",
    }

    class Meta:
        verbose_name = _("signature under a revision")
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "side"],
                name="one_signature_per_revision_and_side",
                violation_error_message=_("This side has signed already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.revision} · {self.get_side_display()}"


class RevisionEvent(AppendOnlyModel, RecordedBy):
    """A revision declined, withdrawn before the second signature, or terminated by one side for cause.

    Both sides end an agreement by signing a revision of kind termination; notice by one side is the event
    ``terminated``, signed by that side's signatory, and says who handles post-market duties and returns documents.
    """

    class Kind(models.TextChoices):
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        TERMINATED = "terminated", _("terminated")

    revision = models.OneToOneField(AgreementRevision, on_delete=models.PROTECT, related_name="event")
    kind = models.CharField(max_length=20, choices=Kind)
    event_on = models.DateField(_("date"))
    reason = models.TextField(_("reason"))
    post_market = models.TextField(_("post-market duties for delivered goods"), blank=True)
    documents_return = models.TextField(_("return of documents and materials"), blank=True)

    insert_guards = {
        "a_signed_revision_is_only_terminated": "NEW.kind <> 'terminated' AND "
        "(SELECT COUNT(*) FROM agreements_revisionsignature r WHERE r.revision_id = NEW.revision_id) >= 2"
    }

    class Meta:
        verbose_name = _("event of a revision")

    def __str__(self) -> str:
        return f"{self.revision} · {self.get_kind_display()}"

    def canonical_record(self) -> dict[str, Any]:
        """What the signatory who gives notice signs: which text ends, when, why and with which arrangements."""
        return {
            "type": "agreements.revisionevent",
            "revision": self.revision_id,
            "body_hash": self.revision.body_hash,
            "kind": self.kind,
            "event_on": self.event_on.isoformat(),
            "reason": self.reason,
            "post_market": self.post_market,
            "documents_return": self.documents_return,
        }


class PaperAgreement(AppendOnlyModel, RecordedBy):
    """What the paper says: signatories, date, seals; the scan hangs on the revision as evidence."""

    revision = models.OneToOneField(AgreementRevision, on_delete=models.PROTECT, related_name="paper")
    signed_on = models.DateField(_("signed on"))
    registrant_signatory = models.CharField(_("signed for the registrant by"), max_length=100)
    contractor_signatory = models.CharField(_("signed for the contractor by"), max_length=100)
    sealed_by_registrant = models.BooleanField(_("bears the registrant's seal"))
    sealed_by_contractor = models.BooleanField(_("bears the contractor's seal"))
    scan_sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("agreement signed on paper")

    def __str__(self) -> str:
        return f"{self.revision} · {self.signed_on}"
