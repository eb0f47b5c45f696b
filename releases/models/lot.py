"""Lots, their release file, the questions about it, and holds on single lots."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.models import Side
from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard
from cmo.trail.models import AppendOnlyModel, Follows

from .lists import LotQuerySet


class LotContent(models.Model):
    """Abstract: what is said of a lot and can be corrected.

    ``produced_from`` / ``produced_to`` is the production window (legal dates, inclusive); ``quantity`` counts ``unit``.
    """

    model = models.CharField(_("model / specification"), max_length=120)
    produced_from = models.DateField(_("production: first day"))
    produced_to = models.DateField(_("production: last day"))
    quantity = models.PositiveBigIntegerField(_("quantity produced"))
    unit = models.CharField(_("unit"), max_length=20)
    expires_on = models.DateField(_("use-by date"), null=True, blank=True)
    label_version = models.ForeignKey(
        "catalogue.LabelVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ifu_version = models.ForeignKey(
        "catalogue.LabelVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True


#: Names of what can be corrected, and their columns.
CONTENT = tuple(field.name for field in LotContent._meta.local_fields)
COLUMNS = tuple(f"{name}_id" if name.endswith("_version") else name for name in CONTENT)


class Lot(TenantFact, RecordedBy, LotContent):
    """One lot of one entrusted device, as the contractor registered it. Its state is derived from the rows around it.

    What can be corrected always reads as the newest :class:`LotCorrection` says; number and entrustment never change.
    ``taken_over`` marks lots already in progress at go-live, with the reason in ``taken_over_note``.
    """

    entrustment = models.ForeignKey("agreements.Entrustment", on_delete=models.PROTECT, related_name="lots")
    device = models.ForeignKey("catalogue.Device", on_delete=models.PROTECT, related_name="lots")
    site = models.ForeignKey("parties.Site", on_delete=models.PROTECT, related_name="lots")
    number = models.CharField(_("lot number"), max_length=60)
    taken_over = models.BooleanField(_("taken over at go-live"), default=False)
    taken_over_note = models.TextField(_("why taken over"), blank=True)

    objects = LotQuerySet.as_manager()  # type: ignore[misc]

    follows = Follows("releases_lotcorrection", "lot_id", COLUMNS)
    insert_guards = tenant_guard("lot_matches_its_pair") | {
        "lot_matches_its_entrustment": "NOT EXISTS (SELECT 1 FROM agreements_entrustment e "
        "WHERE e.id = NEW.entrustment_id AND e.pair_id = NEW.pair_id "
        "AND e.device_id = NEW.device_id AND e.site_id = NEW.site_id)"
    }

    class Meta:
        verbose_name = _("lot")
        constraints = [
            models.UniqueConstraint(
                fields=["contractor", "device", "number"],
                name="one_lot_number_per_contractor_and_device",
                violation_error_message=_("This lot number is already registered for this device."),
            ),
            models.CheckConstraint(
                condition=models.Q(produced_to__gte=models.F("produced_from")),
                name="lot_window_ends_on_or_after_its_first_day",
                violation_error_message=_("The last production day lies before the first."),
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1),
                name="lot_quantity_is_positive",
                violation_error_message=_("The quantity must be at least 1."),
            ),
        ]
        indexes = [
            models.Index(fields=["contractor", "-recorded_at", "id"], name="lot_contractor"),
            models.Index(fields=["registrant", "-recorded_at", "id"], name="lot_registrant"),
            models.Index(fields=["number"], name="lot_number"),
        ]

    def __str__(self) -> str:
        return self.number


class LotCorrection(AppendOnlyModel, RecordedBy, LotContent):
    """What a lot should read, whole, with the reason; ``before``: what it said until then, by name (JSON-ready).

    The lot's own columns take over what it says; no lot is corrected while a production decision rests on it.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="corrections")
    before = models.JSONField()
    reason = models.TextField(_("reason"))

    insert_guards = {
        "no_correction_of_a_lot_with_a_production_decision": "EXISTS (SELECT 1 FROM releases_productionrelease p "
        "WHERE p.lot_id = NEW.lot_id AND NOT EXISTS "
        "(SELECT 1 FROM releases_productionwithdrawal w WHERE w.release_id = p.id))"
    }

    class Meta:
        verbose_name = _("correction of a lot")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(produced_to__gte=models.F("produced_from")),
                name="corrected_window_ends_on_or_after_its_first_day",
                violation_error_message=_("The last production day lies before the first."),
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1),
                name="corrected_quantity_is_positive",
                violation_error_message=_("The quantity must be at least 1."),
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="a_correction_of_a_lot_has_a_reason",
                violation_error_message=_("Say why it is corrected."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot} · {self.reason[:60]}"


class LotMaterial(AppendOnlyModel, RecordedBy):
    """A key material lot used in a lot (GMP 2025 art. 81).

    A correction replaces one line (``corrects``) with a reason; with ``void`` it only strikes the line out.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="materials")
    name = models.CharField(_("material"), max_length=120)
    material_lot = models.CharField(_("material lot"), max_length=80)
    supplier = models.CharField(_("supplier"), max_length=200, blank=True)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    void = models.BooleanField(_("strikes the corrected line out"), default=False)
    reason = models.TextField(_("reason"), blank=True)

    insert_guards = {
        "material_corrects_a_line_of_its_lot": "NEW.corrects_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
        "releases_lotmaterial m WHERE m.id = NEW.corrects_id AND m.lot_id = NEW.lot_id)",
        "one_standing_line_per_lot_material_and_material_lot": "NOT NEW.void AND EXISTS (SELECT 1 FROM "
        "releases_lotmaterial m WHERE m.lot_id = NEW.lot_id AND m.name = NEW.name "
        "AND m.material_lot = NEW.material_lot AND NOT m.void AND m.id <> COALESCE(NEW.corrects_id, 0) "
        "AND NOT EXISTS (SELECT 1 FROM releases_lotmaterial c WHERE c.corrects_id = m.id))",
    }

    class Meta:
        verbose_name = _("key material lot")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(corrects__isnull=True, void=False)
                | (models.Q(corrects__isnull=False) & ~models.Q(reason="")),
                name="a_correction_of_a_material_has_a_reason",
                violation_error_message=_("Say why it is corrected."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.material_lot}"


class LotDocument(AppendOnlyModel, RecordedBy):
    """One document of the release file; ``kind`` is a key of the device's required documents. Files hang on it."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("document"), max_length=40)
    reference = models.CharField(_("reference"), max_length=200)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("document of a release file")
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "kind", "reference"],
                name="one_line_per_lot_document_and_reference",
                violation_error_message=_("This document is in the release file already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.reference}"


class DocumentReview(AppendOnlyModel, RecordedBy):
    """A named person of one side has reviewed one document."""

    document = models.ForeignKey(LotDocument, on_delete=models.PROTECT, related_name="reviews")
    side = models.CharField(max_length=20, choices=Side)
    remark = models.TextField(_("remark"), blank=True)

    class Meta:
        verbose_name = _("review of a document")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "side", "recorded_by_id"], name="one_review_per_document_side_and_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} · {self.recorded_by_name}"


class FileReturn(AppendOnlyModel, RecordedBy):
    """The registrant asks about a release file or returns it; open until the contractor answers."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="returns")
    question = models.TextField(_("question or reason for the return"))

    class Meta:
        verbose_name = _("return of a release file")

    def __str__(self) -> str:
        return self.question[:60]


class FileAnswer(AppendOnlyModel, RecordedBy):
    file_return = models.OneToOneField(FileReturn, on_delete=models.PROTECT, related_name="answer")
    answer = models.TextField(_("answer"))

    class Meta:
        verbose_name = _("answer to a return")

    def __str__(self) -> str:
        return self.answer[:60]


class LotHold(AppendOnlyModel, RecordedBy):
    """A lot locked by anyone who doubts it, vetoed by the registrant's management representative, or stopped by a
    ``deviation``: one that became known after a release, or a critical one. Such a hold is not lifted before its
    deviation is closed."""

    class Kind(models.TextChoices):
        HOLD = "hold", _("hold")
        VETO = "veto", _("veto of the management representative")
        DEVIATION = "deviation", _("stopped by a deviation")

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.HOLD)
    side = models.CharField(max_length=20, choices=Side)
    reason = models.TextField(_("reason"))
    deviation = models.OneToOneField(
        "releases.Deviation", on_delete=models.PROTECT, null=True, blank=True, related_name="hold"
    )

    insert_guards = {
        "deviation_hold_names_a_deviation_of_its_lot": "(NEW.kind = 'deviation') <> (NEW.deviation_id IS NOT NULL) OR "
        "(NEW.deviation_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM releases_deviation d "
        "WHERE d.id = NEW.deviation_id AND d.lot_id = NEW.lot_id))"
    }

    class Meta:
        verbose_name = _("hold on a lot")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.reason[:60]}"


class LotHoldLift(AppendOnlyModel, RecordedBy):
    hold = models.OneToOneField(LotHold, on_delete=models.PROTECT, related_name="lift")
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("lift of a hold on a lot")

    def __str__(self) -> str:
        return str(self.hold)
