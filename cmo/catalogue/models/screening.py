"""Editions as they were loaded, screenings as they were made, and determinations of what no rule could decide."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy
from cmo.trail.models import AppendOnlyModel

from ..editions import Edition, from_canonical
from .devices import Device, DeviceVersion


class Verdict(models.TextChoices):
    PROHIBITED = "prohibited", _("prohibited")
    ALLOWED = "allowed", _("allowed")
    UNDETERMINED = "undetermined", _("undetermined")


class HeldEdition(AppendOnlyModel, RecordedBy):
    """One edition of the prohibited catalogue: the canonical text that is judged, its hash and its days.

    ``effective_to`` is the last day stated by the edition itself; a later edition ends an open one the day before.
    """

    key = models.CharField(_("edition"), max_length=20, unique=True)
    document_no = models.CharField(_("document"), max_length=120)
    effective_from = models.DateField(_("effective from"), unique=True)
    effective_to = models.DateField(_("effective to"), null=True, blank=True)
    text = models.TextField(_("canonical text"))
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("edition of the prohibited catalogue")

    def __str__(self) -> str:
        return f"{self.document_no} ({self.key})"

    @property
    def edition(self) -> Edition:
        """The edition the canonical text describes."""
        return from_canonical(self.text)

    def canonical_record(self) -> dict[str, Any]:
        """What the signature of the person who loaded it is bound to."""
        return {"type": "catalogue.heldedition", "key": self.key, "sha256": self.sha256, "text": self.text}


class Screening(AppendOnlyModel, RecordedBy):
    """A recorded judgement of a device's facts against the edition in force on a date, whatever it says.

    ``result`` is the whole judgement as it was made (see ``ScreeningResult.as_dict``), ``facts`` what was judged.
    """

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="screenings")
    version = models.ForeignKey(DeviceVersion, on_delete=models.PROTECT, related_name="screenings")
    acted_on = models.DateField(_("date of the act"))
    facts = models.JSONField()
    edition_key = models.CharField(_("edition"), max_length=20, blank=True)
    edition_sha256 = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Verdict)
    result = models.JSONField()

    class Meta:
        verbose_name = _("screening")
        indexes = [models.Index(fields=["device", "-id"], name="catalogue_screening_device")]

    def __str__(self) -> str:
        return f"{self.version} · {self.acted_on} · {self.get_outcome_display()}"


class Determination(AppendOnlyModel, RecordedBy):
    """A quality person's signed judgement of an undetermined screening, with its reason and evidence.

    It holds as long as the device's facts and the edition are those of the screening it decides.
    """

    screening = models.OneToOneField(Screening, on_delete=models.PROTECT, related_name="determination")
    outcome = models.CharField(_("judgement"), max_length=20, choices=Verdict)
    reason = models.TextField(_("reason"))
    evidence = models.JSONField(_("evidence"))

    class Meta:
        verbose_name = _("determination")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["allowed", "prohibited"]), name="a_determination_decides"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="a_determination_has_a_reason"),
        ]

    insert_guards = {
        "determination_is_of_an_undetermined_screening": "NOT EXISTS (SELECT 1 FROM catalogue_screening s "
        "WHERE s.id = NEW.screening_id AND s.outcome = 'undetermined')"
    }

    def __str__(self) -> str:
        return f"{self.screening.version} · {self.get_outcome_display()}"

    def canonical_record(self) -> dict[str, Any]:
        """What the signature is bound to: the screening as seen, the judgement, its reason and its evidence."""
        return {
            "type": "catalogue.determination",
            "screening": self.screening_id,
            "facts": self.screening.facts,
            "result": self.screening.result,
            "outcome": self.outcome,
            "reason": self.reason,
            "evidence": self.evidence,
        }
