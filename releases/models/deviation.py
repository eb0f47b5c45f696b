"""What went otherwise with a lot, and findings that were waived: each with its justification, quantity and effect."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy
from cmo.trail.canonical import sha256
from cmo.trail.models import AppendOnlyModel

from .lot import Lot


class Deviation(AppendOnlyModel, RecordedBy):
    """A deviation, nonconformity, rework or quarantine return of a lot; open until the registrant accepts its closure.

    ``quantity``: units of the lot concerned, empty when it cannot be counted in units.
    """

    class Kind(models.TextChoices):
        DEVIATION = "deviation", _("deviation")
        NONCONFORMITY = "nonconformity", _("nonconformity")
        REWORK = "rework", _("rework")
        QUARANTINE_RETURN = "quarantine_return", _("return from quarantine")

    class Severity(models.TextChoices):
        CRITICAL = "critical", _("critical")
        MAJOR = "major", _("major")
        MINOR = "minor", _("minor")

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="deviations")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    reference = models.CharField(_("record number"), max_length=80)
    occurred_on = models.DateField(_("occurred on"))
    discovered_on = models.DateField(_("discovered on"))
    description = models.TextField(_("what happened"))
    quantity = models.PositiveBigIntegerField(_("quantity concerned"), null=True, blank=True)

    insert_guards = {
        "deviation_quantity_within_lot": "NEW.quantity > (SELECT l.quantity FROM releases_lot l WHERE l.id = NEW.lot_id)"
    }

    class Meta:
        verbose_name = _("deviation")
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "reference"],
                name="one_deviation_per_lot_and_reference",
                violation_error_message=_("This record number is listed for the lot already."),
            ),
            models.CheckConstraint(
                condition=models.Q(discovered_on__gte=models.F("occurred_on")),
                name="deviation_is_discovered_when_or_after_it_occurred",
                violation_error_message=_("It cannot be discovered before it occurred."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"


class DeviationClosure(AppendOnlyModel, RecordedBy):
    """The contractor's quality proposes to close a deviation; the registrant answers each proposal."""

    class Disposition(models.TextChoices):
        USE = "use", _("conforms, no action on the product")
        REWORKED = "reworked", _("reworked and inspected again")
        SORTED = "sorted", _("sorted, nonconforming units taken out")
        SCRAPPED = "scrapped", _("units scrapped")

    deviation = models.ForeignKey(Deviation, on_delete=models.PROTECT, related_name="closures")
    cause = models.TextField(_("cause"))
    action = models.TextField(_("what was done"))
    effect = models.TextField(_("effect on the product and on other lots"))
    disposition = models.CharField(_("disposition"), max_length=20, choices=Disposition)
    quantity_out = models.PositiveBigIntegerField(_("quantity taken out"), default=0)

    class Meta:
        verbose_name = _("proposed closure of a deviation")

    def __str__(self) -> str:
        return f"{self.deviation} · {self.get_disposition_display()}"


class DeviationAnswer(AppendOnlyModel, RecordedBy):
    """The registrant's quality accepts the closure or returns it with a reason."""

    closure = models.OneToOneField(DeviationClosure, on_delete=models.PROTECT, related_name="answer")
    accepted = models.BooleanField()
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("answer to a closure")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted=True) | ~models.Q(reason=""),
                name="a_returned_closure_has_a_reason",
                violation_error_message=_("Say why the closure is returned."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.closure} · {self.accepted}"


class LotException(AppendOnlyModel, RecordedBy):
    """A request to waive one finding of a lot whose basis is agreement or policy, or a coverage gap (invariant 7).

    ``code``: the gate; ``waived``: canonical text of the finding's facts as they stood. An exception counts only while
    the finding still has exactly these facts.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="exceptions")
    code = models.CharField(_("condition"), max_length=60)
    waived = models.TextField(_("facts waived"))
    justification = models.TextField(_("justification"))
    quantity = models.PositiveBigIntegerField(_("quantity concerned"), null=True, blank=True)
    effect = models.TextField(_("effect on the product"))

    insert_guards = {
        "exception_quantity_within_lot": "NEW.quantity > (SELECT l.quantity FROM releases_lot l WHERE l.id = NEW.lot_id)"
    }

    class Meta:
        verbose_name = _("request for an exception")

    def __str__(self) -> str:
        return f"{self.lot} · {self.code}"


class ExceptionDecision(AppendOnlyModel, RecordedBy):
    """The signed answer to a request for an exception, by a quality person who did not make it."""

    exception = models.OneToOneField(LotException, on_delete=models.PROTECT, related_name="decision")
    approved = models.BooleanField()
    reason = models.TextField(_("reason"))

    insert_guards = {
        "nobody_approves_their_own_exception": "EXISTS (SELECT 1 FROM releases_lotexception x "
        "WHERE x.id = NEW.exception_id AND x.recorded_by_id = NEW.recorded_by_id)"
    }

    class Meta:
        verbose_name = _("decision on an exception")

    def __str__(self) -> str:
        return f"{self.exception} · {self.approved}"

    def canonical_record(self) -> dict[str, Any]:
        """What the approver signs: the request whole, and the answer."""
        return {
            "type": "releases.exceptiondecision",
            "exception": self.exception_id,
            "lot": self.exception.lot_id,
            "code": self.exception.code,
            "waived_sha256": sha256(self.exception.waived),
            "justification": self.exception.justification,
            "effect": self.exception.effect,
            "quantity": self.exception.quantity,
            "approved": self.approved,
            "reason": self.reason,
        }
