"""The yearly review of a quality agreement (N38-15): pre-filled with the year's records, signed by both sides."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.models import Side
from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard
from cmo.trail.models import AppendOnlyModel

from .agreement import Agreement


class ReviewDraft(models.Model):
    """The review being written by the registrant; offering it freezes an :class:`AgreementReview`.

    ``content``: ``{"parts": {part: {"verdict", "text"}}, "conclusion": str, "actions": [{"what", "side", "due_on"}]}``.
    First and last day of the period inclusive.
    """

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="review_draft")
    period_from = models.DateField(_("period: first day"))
    period_to = models.DateField(_("period: last day"))
    content = models.JSONField(default=dict)
    #: Counts edits, so that a stale page is told instead of overwriting.
    edition = models.PositiveIntegerField(default=1)
    edited_by_name = models.CharField(max_length=150)
    edited_at = models.DateTimeField()

    class Meta:
        verbose_name = _("draft of a yearly review")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(period_to__gte=models.F("period_from")),
                name="review_draft_period_ends_on_or_after_its_first_day",
                violation_error_message=_("The last day lies before the first day."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement} · {self.period_from}–{self.period_to}"


class AgreementReview(TenantFact, RecordedBy):
    """One yearly review as both sides sign it: figures of the period with their sources, judgements and actions."""

    class Part(models.TextChoices):
        SUITABILITY = "suitability", _("suitability")
        ADEQUACY = "adequacy", _("adequacy")
        EFFECTIVENESS = "effectiveness", _("effectiveness")
        DOCUMENTS = "documents", _("match with the management documents")
        PRACTICE = "practice", _("match with actual production")

    class Verdict(models.TextChoices):
        YES = "yes", _("given")
        WITH_ACTIONS = "with_actions", _("given with actions")
        NO = "no", _("not given")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="reviews")
    number = models.CharField(_("review number"), max_length=30, unique=True)
    period_from = models.DateField(_("period: first day"))
    period_to = models.DateField(_("period: last day"))
    body = models.TextField(_("canonical text"))
    body_hash = models.CharField(max_length=64)

    insert_guards = tenant_guard("review_matches_its_pair") | {
        "review_belongs_to_its_agreement": "NOT EXISTS (SELECT 1 FROM agreements_agreement a "
        "WHERE a.id = NEW.agreement_id AND a.pair_id = NEW.pair_id)"
    }

    class Meta:
        verbose_name = _("yearly review")
        indexes = [models.Index(fields=["pair", "-id"], name="agreement_review_pair")]

    def __str__(self) -> str:
        return self.number

    @property
    def content(self) -> dict[str, Any]:
        """The body as a dictionary."""
        return json.loads(self.body)

    def canonical_record(self) -> dict[str, Any]:
        """What both sides sign: the whole review."""
        return {"type": "agreements.agreementreview", "agreement": self.agreement_id, "body": self.body}


class ReviewSignature(AppendOnlyModel):
    """The one signature of a side under a review; with the second the review is concluded."""

    review = models.ForeignKey(AgreementReview, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=20, choices=Side)
    signature = models.OneToOneField("signing.Signature", on_delete=models.PROTECT, related_name="+")

    insert_guards = {
        "review_signature_belongs_to_its_review": "NOT EXISTS (SELECT 1 FROM signing_signature s "
        "WHERE s.id = NEW.signature_id AND s.side = NEW.side "
        "AND s.record_key = 'agreements.agreementreview:' || NEW.review_id)",
        "nobody_signs_a_review_for_both_sides": "EXISTS (SELECT 1 FROM agreements_reviewsignature r "
        "JOIN signing_signature a ON a.id = r.signature_id JOIN signing_signature b ON b.id = NEW.signature_id "
        "WHERE r.review_id = NEW.review_id AND a.signer_id = b.signer_id)",
        "nobody_signs_a_returned_review": "EXISTS (SELECT 1 FROM agreements_reviewreturn x "
        "WHERE x.review_id = NEW.review_id)",
    }

    class Meta:
        verbose_name = _("signature under a review")
        constraints = [
            models.UniqueConstraint(
                fields=["review", "side"],
                name="one_signature_per_review_and_side",
                violation_error_message=_("This side has signed already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.review} · {self.get_side_display()}"


class ReviewReturn(AppendOnlyModel, RecordedBy):
    """A review returned by the contractor, or taken back by the registrant, before both signed."""

    review = models.OneToOneField(AgreementReview, on_delete=models.PROTECT, related_name="returned")
    reason = models.TextField(_("reason"))

    insert_guards = {
        "a_concluded_review_is_not_returned": "(SELECT COUNT(*) FROM agreements_reviewsignature s "
        "WHERE s.review_id = NEW.review_id) >= 2"
    }

    class Meta:
        verbose_name = _("return of a review")

    def __str__(self) -> str:
        return str(self.review)


class ReviewAction(AppendOnlyModel):
    """An action that a review decided; it is owed from the second signature on."""

    review = models.ForeignKey(AgreementReview, on_delete=models.PROTECT, related_name="actions")
    position = models.PositiveIntegerField()
    what = models.TextField(_("what is to be done"))
    side = models.CharField(_("who"), max_length=20, choices=Side)
    due_on = models.DateField(_("by"))

    class Meta:
        verbose_name = _("action from a review")
        constraints = [
            models.UniqueConstraint(fields=["review", "position"], name="one_action_per_review_and_position")
        ]

    def __str__(self) -> str:
        return f"{self.review} · {self.position}"


class ReviewActionDone(AppendOnlyModel, RecordedBy):
    """An action from a review was carried out."""

    action = models.OneToOneField(ReviewAction, on_delete=models.PROTECT, related_name="done")
    done_on = models.DateField(_("done on"))
    note = models.TextField(_("what was done"))

    class Meta:
        verbose_name = _("completed action from a review")

    def __str__(self) -> str:
        return str(self.action)
