"""The registrant's audit programme of a year: pairs ranked by risk with the reasons, within the auditor days there are."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.models import Pair
from cmo.parties.tenancy import RecordedBy
from cmo.trail.models import AppendOnlyModel


class Programme(AppendOnlyModel, RecordedBy):
    """One adopted edition of a year's programme; the latest counts."""

    organisation = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(2020), MaxValueValidator(2100)])
    edition = models.PositiveIntegerField()
    auditor_days = models.PositiveSmallIntegerField(_("auditor days available"))
    reason = models.TextField(_("reason for the change"), blank=True)

    class Meta:
        verbose_name = _("audit programme")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "edition"], name="one_programme_per_organisation_year_and_edition"
            ),
            models.CheckConstraint(
                condition=models.Q(edition=1) | ~models.Q(reason=""),
                name="a_changed_programme_says_why",
                violation_error_message=_("Say why the programme changes."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}/{self.edition}"


class ProgrammeEntry(AppendOnlyModel):
    """A pair in the programme: its place, the points and the facts behind them as they stood, and when it is audited.

    ``reasons``: list of ``{"key", "points", "facts"}``. ``starts_on`` empty: no auditor days were left for it.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="entries")
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveIntegerField()
    points = models.PositiveIntegerField()
    reasons = models.JSONField(default=list)
    auditor_days = models.PositiveSmallIntegerField(_("auditor days"))
    starts_on = models.DateField(_("first day"), null=True, blank=True)

    insert_guards = {
        "programme_lists_the_registrants_own_pairs": "NOT EXISTS (SELECT 1 FROM audits_programme m "
        "JOIN parties_pair p ON p.registrant_id = m.organisation_id WHERE m.id = NEW.programme_id AND p.id = NEW.pair_id)"
    }

    class Meta:
        verbose_name = _("entry of an audit programme")
        constraints = [
            models.UniqueConstraint(fields=["programme", "pair"], name="a_pair_is_in_a_programme_once"),
            models.UniqueConstraint(fields=["programme", "rank"], name="one_pair_per_programme_and_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.programme} · {self.rank}"
