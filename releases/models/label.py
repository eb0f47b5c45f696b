"""Checks of entered label and IFU texts against the content that the law demands for entrusted production."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard


class LabelCheck(TenantFact, RecordedBy):
    """The text of one label or IFU version checked for one entrustment (regulations 3.1); the latest check counts.

    ``missing``: keys of the demanded items that the text lacks, as ``releases.labels`` names them; ``expected``: the
    values that were looked for, by key.
    """

    entrustment = models.ForeignKey("agreements.Entrustment", on_delete=models.PROTECT, related_name="label_checks")
    label = models.ForeignKey("catalogue.LabelVersion", on_delete=models.PROTECT, related_name="checks")
    text = models.TextField(_("text of the label"))
    expected = models.JSONField(default=dict)
    missing = models.JSONField(default=list)

    insert_guards = tenant_guard("label_check_matches_its_pair") | {
        "label_check_is_of_the_entrusted_device": "NOT EXISTS (SELECT 1 FROM agreements_entrustment e "
        "JOIN catalogue_labelversion v ON v.device_id = e.device_id "
        "WHERE e.id = NEW.entrustment_id AND e.pair_id = NEW.pair_id AND v.id = NEW.label_id)"
    }

    class Meta:
        verbose_name = _("check of a label text")
        indexes = [models.Index(fields=["entrustment", "label", "-id"], name="releases_label_check")]

    def __str__(self) -> str:
        return f"{self.label} · {self.entrustment}"

    @property
    def complete(self) -> bool:
        """Whether nothing was missing."""
        return not self.missing
