"""The checklist of one audit being filled in: each answer is kept, and who answered knowing which earlier one.

The answers to an item form a small graph. An answer replaces the one that its author saw; what nobody replaced stands.
Two auditors who answer the same item without knowing of each other leave two standing answers: nothing is lost, and a
later answer settles them. An answer sent twice (a lost connection) is recognised by its ``client_key``.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy
from cmo.trail.models import AppendOnlyModel

from .audit import Audit


class AuditItem(AppendOnlyModel):
    """The place of one item of the checklist in one audit; its words stand in the template. Evidence hangs here."""

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="items")
    serial = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("item of an audit")
        constraints = [models.UniqueConstraint(fields=["audit", "serial"], name="one_item_per_audit_and_serial")]

    def __str__(self) -> str:
        return f"{self.audit} · {self.serial}"


class ItemAnswer(AppendOnlyModel, RecordedBy):
    """One answer of one auditor to one item.

    ``severity``: for a defect, when it weighs otherwise than the checklist marks it; ``lighter_because``: why, when it
    weighs less. ``stated_at``: when it was typed, by the clock of the device, which may be hours before it arrived.
    """

    class Value(models.TextChoices):
        OK = "ok", _("conforms")
        DEFECT = "defect", _("defect")
        NA = "na", _("not applicable")

    class Severity(models.TextChoices):
        CRITICAL = "critical", _("critical")
        MAJOR = "major", _("major")
        GENERAL = "general", _("general")

    item = models.ForeignKey(AuditItem, on_delete=models.PROTECT, related_name="answers")
    client_key = models.UUIDField(unique=True)
    value = models.CharField(_("answer"), max_length=10, choices=Value)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, blank=True)
    lighter_because = models.TextField(_("why it weighs less than marked"), blank=True, default="")
    note = models.TextField(_("what was seen"), blank=True)
    stated_at = models.DateTimeField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    insert_guards = {
        "an_answer_replaces_one_to_the_same_item": "NEW.replaces_id IS NOT NULL AND NOT EXISTS (SELECT 1 "
        "FROM audits_itemanswer a WHERE a.id = NEW.replaces_id AND a.item_id = NEW.item_id)",
        "answers_are_given_while_the_audit_is_conducted": "NOT EXISTS (SELECT 1 FROM audits_audititem i "
        "JOIN audits_auditevent e ON e.audit_id = i.audit_id AND e.kind = 'begun' WHERE i.id = NEW.item_id) "
        "OR EXISTS (SELECT 1 FROM audits_audititem i JOIN audits_auditreport r ON r.audit_id = i.audit_id "
        "WHERE i.id = NEW.item_id)",
    }

    class Meta:
        verbose_name = _("answer")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(value="ok") | ~models.Q(note=""),
                name="a_defect_and_not_applicable_say_why",
                violation_error_message=_("Say what was found, or why the item does not apply."),
            ),
            models.CheckConstraint(
                condition=models.Q(value="defect") | models.Q(severity=""),
                name="only_a_defect_has_a_severity",
            ),
            models.CheckConstraint(
                condition=~models.Q(severity="") | models.Q(lighter_because=""),
                name="only_a_severity_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} · {self.value}"


class Settled(AppendOnlyModel):
    """A further standing answer that a later answer settles, besides the one it replaces."""

    answer = models.ForeignKey(ItemAnswer, on_delete=models.PROTECT, related_name="settles")
    settled = models.OneToOneField(ItemAnswer, on_delete=models.PROTECT, related_name="settled_by")

    insert_guards = {
        "an_answer_settles_one_to_the_same_item": "NOT EXISTS (SELECT 1 FROM audits_itemanswer a "
        "JOIN audits_itemanswer b ON b.item_id = a.item_id WHERE a.id = NEW.answer_id AND b.id = NEW.settled_id "
        "AND a.id > b.id)",
    }

    class Meta:
        verbose_name = _("settled answer")

    def __str__(self) -> str:
        return f"{self.answer} · {self.settled_id}"
