"""The technical file of a device as a list, and its label and IFU versions; files hang on the rows as evidence."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy
from cmo.trail.models import AppendOnlyModel

from .devices import Device


class TechnicalDocument(AppendOnlyModel, RecordedBy):
    """One line of the technical file list: which document, which version, where it is kept (GMP 2025 art. 110, C8)."""

    class Kind(models.TextChoices):
        TECHNICAL_REQUIREMENTS = "technical_requirements", _("product technical requirements")
        DESIGN = "design", _("design and development document")
        DRAWING = "drawing", _("drawing or formulation")
        PROCESS = "process", _("process specification")
        MATERIAL = "material", _("material specification")
        INSPECTION = "inspection", _("inspection specification")
        RELEASE = "release", _("release requirements")
        RISK = "risk", _("risk management file")
        VALIDATION = "validation", _("validation report")
        OTHER = "other", _("other document")

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="technical_documents")
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    reference = models.CharField(_("document number"), max_length=80)
    version = models.CharField(_("version"), max_length=40)
    title_zh = models.CharField(_("title (Chinese)"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)
    effective_from = models.DateField(_("effective from"))
    kept_at = models.CharField(_("kept at"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("technical document")
        constraints = [
            models.UniqueConstraint(
                fields=["device", "reference", "version"],
                name="one_line_per_technical_document_version",
                violation_error_message=_("This version of the document is listed already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.version}"


class LabelQuerySet(models.QuerySet["LabelVersion"]):
    def in_use(self, on: date) -> LabelQuerySet:
        """Versions that may be used on a day (first and last day inclusive)."""
        return self.filter(
            models.Q(effective_to__isnull=True) | models.Q(effective_to__gte=on),
            models.Q(withdrawal__isnull=True) | models.Q(withdrawal__last_used_on__gte=on),
            effective_from__lte=on,
        )


class LabelVersion(AppendOnlyModel, RecordedBy):
    """One version of a device's label or instructions for use, with the days it may be used."""

    class Kind(models.TextChoices):
        LABEL = "label", _("label")
        IFU = "ifu", _("instructions for use")

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="label_versions")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    version = models.CharField(_("version"), max_length=40)
    effective_from = models.DateField(_("effective from"))
    effective_to = models.DateField(_("effective to"), null=True, blank=True)

    objects = LabelQuerySet.as_manager()

    class Meta:
        verbose_name = _("label or IFU version")
        constraints = [
            models.UniqueConstraint(
                fields=["device", "kind", "version"],
                name="one_line_per_label_version",
                violation_error_message=_("This version is listed already."),
            ),
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True) | models.Q(effective_to__gte=models.F("effective_from")),
                name="label_ends_on_or_after_its_first_day",
                violation_error_message=_("The last day lies before the first day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"


class LabelWithdrawal(AppendOnlyModel, RecordedBy):
    """A label or IFU version that is no longer used after ``last_used_on``."""

    label = models.OneToOneField(LabelVersion, on_delete=models.PROTECT, related_name="withdrawal")
    last_used_on = models.DateField(_("last day of use"))
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("withdrawal of a label or IFU version")

    def __str__(self) -> str:
        return str(self.label)
