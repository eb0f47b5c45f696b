"""Supervision on site: the pair's dated policy, postings of resident supervisors, their presence, approved suppliers.

Presence is kept as single entries, in and out; a correction is a further entry that replaces one and says why. What
somebody was present for is derived (``facts``), never stored.
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.clock import SHANGHAI
from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard
from cmo.trail.models import AppendOnlyModel

from .agreement import AgreementRevision


class PairPolicy(TenantFact, RecordedBy):
    """The pair's own rules from a day on; before the first row the defaults of this table apply.

    An uncovered key or special step of an implantable lot is always a gap, whatever ``production_days`` says
    (invariant 7). ``minimum_minutes``: qualified presence that a production day needs to count as covered.
    ``overdue_blocks_after_days``: calendar days after which an overdue audit or review no longer warns but blocks.
    """

    class ProductionDays(models.TextChoices):
        EVERY_DAY = "every_day", _("every production day needs qualified presence")
        STEPS_ONLY = "steps_only", _("only key and special steps need qualified presence")

    effective_from = models.DateField(_("effective from"))
    production_days = models.CharField(
        _("production days"), max_length=20, choices=ProductionDays, default=ProductionDays.EVERY_DAY
    )
    minimum_minutes = models.PositiveSmallIntegerField(
        _("minutes of presence that cover a day"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
    )
    overdue_blocks_after_days = models.PositiveSmallIntegerField(
        _("days after which an overdue audit or review blocks"), default=90, validators=[MaxValueValidator(3650)]
    )
    reason = models.TextField(_("reason"))

    insert_guards = tenant_guard("policy_matches_its_pair")

    class Meta:
        verbose_name = _("policy of a pair")
        indexes = [models.Index(fields=["pair", "effective_from"], name="agreements_policy_pair")]

    def __str__(self) -> str:
        return f"{self.get_production_days_display()} · {self.effective_from}"


class Posting(TenantFact, RecordedBy):
    """A registrant's person stationed at one site of the contractor, or their deputy (N38-08).

    ``revision``: the effective agreement from which the duties were taken; their text is kept here as it stood
    (N38-09). Without such an agreement no posting is made. Evidence of experience and training hangs on the row.
    """

    site = models.ForeignKey("parties.Site", on_delete=models.PROTECT, related_name="postings")
    person = models.ForeignKey("parties.User", on_delete=models.PROTECT, related_name="postings")
    person_name = models.CharField(_("person"), max_length=150)
    deputy_for = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="deputies")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    experience = models.TextField(_("experience in the field"))
    trained_on = models.DateField(_("trained on the product on"))
    training_reference = models.CharField(_("training record"), max_length=200)
    appointed_on = models.DateField(_("appointed on"))
    appointment_reference = models.CharField(_("appointment letter"), max_length=200)
    revision = models.ForeignKey(AgreementRevision, on_delete=models.PROTECT, related_name="+")
    duties_zh = models.TextField(_("duties (Chinese)"))
    duties_en = models.TextField(_("duties (English)"))

    insert_guards = tenant_guard("posting_matches_its_pair") | {
        "posting_at_a_site_of_the_contractor": "NOT EXISTS (SELECT 1 FROM parties_site s "
        "WHERE s.id = NEW.site_id AND s.organisation_id = NEW.contractor_id)",
        "posting_duties_come_from_an_agreement_of_the_pair": "NOT EXISTS (SELECT 1 FROM agreements_agreementrevision r "
        "JOIN agreements_agreement a ON a.id = r.agreement_id "
        "WHERE r.id = NEW.revision_id AND a.pair_id = NEW.pair_id)",
        "a_deputy_stands_in_at_the_same_site": "NEW.deputy_for_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
        "agreements_posting p WHERE p.id = NEW.deputy_for_id AND p.pair_id = NEW.pair_id "
        "AND p.site_id = NEW.site_id AND p.person_id <> NEW.person_id)",
    }

    class Meta:
        verbose_name = _("posting of a resident supervisor")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="posting_ends_on_or_after_its_first_day",
                violation_error_message=_("The last day lies before the first day."),
            )
        ]
        indexes = [models.Index(fields=["pair", "site"], name="agreements_posting_pair")]

    def __str__(self) -> str:
        return f"{self.person_name} · {self.starts_on} – {self.ends_on}"


class PostingEnd(AppendOnlyModel, RecordedBy):
    """A posting that ended early: the person no longer counts as qualified presence after ``last_day``."""

    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, related_name="end")
    last_day = models.DateField(_("last day"))
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("early end of a posting")

    def __str__(self) -> str:
        return str(self.posting)


class PresenceEntry(TenantFact, RecordedBy):
    """A check-in or check-out at the posting's site. Name and record time come from the system, ``event_at`` is stated.

    A correction replaces one entry (``corrects``) with a reason; with ``void`` it only strikes the entry out.
    """

    class Kind(models.TextChoices):
        IN = "in", _("checked in")
        OUT = "out", _("checked out")

    class Source(models.TextChoices):
        PAGE = "page", _("entered on the page")
        FILE = "file", _("imported from a file")

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="presence")
    kind = models.CharField(_("entry"), max_length=3, choices=Kind)
    event_at = models.DateTimeField(_("time of the event"))
    source = models.CharField(max_length=10, choices=Source, default=Source.PAGE)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    void = models.BooleanField(_("strikes the corrected entry out"), default=False)
    reason = models.TextField(_("reason"), blank=True)

    insert_guards = tenant_guard("presence_matches_its_pair") | {
        "presence_belongs_to_its_posting": "NOT EXISTS (SELECT 1 FROM agreements_posting p "
        "WHERE p.id = NEW.posting_id AND p.pair_id = NEW.pair_id)",
        "presence_corrects_an_entry_of_its_posting": "NEW.corrects_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
        "agreements_presenceentry e WHERE e.id = NEW.corrects_id AND e.posting_id = NEW.posting_id)",
    }

    class Meta:
        verbose_name = _("presence entry")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(event_at__lte=models.F("recorded_at")),
                name="presence_is_never_in_the_future",
                violation_error_message=_("The time of the event lies in the future."),
            ),
            models.CheckConstraint(
                condition=models.Q(corrects__isnull=True, void=False)
                | (models.Q(corrects__isnull=False) & ~models.Q(reason="")),
                name="a_correction_of_presence_has_a_reason",
                violation_error_message=_("Say why the entry is corrected."),
            ),
        ]
        indexes = [
            models.Index(fields=["posting", "event_at"], name="agreements_presence_posting"),
            models.Index(fields=["pair", "event_at"], name="agreements_presence_pair"),
        ]

    def __str__(self) -> str:
        event_at = self.event_at.astimezone(SHANGHAI)
        return f"{self.posting.person_name} · {self.get_kind_display()} · {event_at:%Y-%m-%d %H:%M}"


class SupplierApproval(TenantFact, RecordedBy):
    """A key supplier, or whoever does an outsourced process, approved by the registrant for this pair (N38-17)."""

    class Scope(models.TextChoices):
        KEY_MATERIAL = "key_material", _("key material")
        STERILISATION = "sterilisation", _("outsourced sterilisation")
        OTHER_PROCESS = "other_process", _("another outsourced process")

    supplier = models.CharField(_("supplier"), max_length=200)
    scope = models.CharField(_("scope"), max_length=20, choices=Scope)
    covers = models.CharField(_("material or process"), max_length=200)
    acceptance_criteria = models.TextField(_("acceptance criteria"))
    audited_on = models.DateField(_("audited on"))
    approved_from = models.DateField(_("approved from"))
    approved_until = models.DateField(_("approved until"))
    reference = models.CharField(_("audit report"), max_length=200)

    insert_guards = tenant_guard("supplier_approval_matches_its_pair")

    class Meta:
        verbose_name = _("approval of a supplier")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_until__gte=models.F("approved_from")),
                name="supplier_approval_ends_on_or_after_its_first_day",
                violation_error_message=_("The last day lies before the first day."),
            )
        ]
        indexes = [models.Index(fields=["pair", "supplier"], name="agreements_supplier_pair")]

    def __str__(self) -> str:
        return f"{self.supplier} · {self.covers}"

    @property
    def end(self) -> SupplierApprovalEnd | None:
        """The withdrawal that counts, which is the latest; needs ``prefetch_related("ends")`` in lists."""
        return max(self.ends.all(), key=lambda end: end.pk, default=None)


class SupplierApprovalEnd(AppendOnlyModel, RecordedBy):
    """An approval taken back after its ``last_day``; a further one only brings that day forward."""

    approval = models.ForeignKey(SupplierApproval, on_delete=models.PROTECT, related_name="ends")
    last_day = models.DateField(_("last day"))
    reason = models.TextField(_("reason"))

    insert_guards = {
        "a_further_end_of_an_approval_is_earlier": "EXISTS (SELECT 1 FROM agreements_supplierapprovalend e "
        "WHERE e.approval_id = NEW.approval_id AND e.last_day <= NEW.last_day)",
    }

    class Meta:
        verbose_name = _("withdrawal of a supplier's approval")

    def __str__(self) -> str:
        return str(self.approval)
