"""The two releases: append-only numbered decisions, each replacing only a withdrawn predecessor.

``replaces`` points at the withdrawal of the previous decision of the same lot and stage. With the two unique
constraints (one first decision per lot; each withdrawal replaced once) decisions form one line, so at most one of them
stands, whatever races. Insert guards refuse a market release without a standing production release of the same lot by
another legal entity and person, and quantities beyond what was produced or released before, also by raw SQL.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy
from cmo.trail.canonical import sha256
from cmo.trail.models import AppendOnlyModel

from .lot import Lot


class Outcome(models.TextChoices):
    RELEASED = "released", _("released")
    CONDITIONAL = "conditional", _("released with conditions")
    REJECTED = "rejected", _("rejected")


class Release(AppendOnlyModel, RecordedBy):
    """Abstract: one decision with the facts and findings it rested on, frozen as canonical text."""

    number = models.PositiveIntegerField(_("decision"))
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    quantity = models.PositiveBigIntegerField(_("quantity released"))
    conditions = models.TextField(_("conditions"), blank=True)
    statement = models.TextField(_("statement of review"))
    organisation_id = models.BigIntegerField()
    facts = models.TextField(_("facts judged"))
    findings = models.TextField(_("findings"))

    class Meta:
        abstract = True

    @property
    def lets_through(self) -> bool:
        """Whether the outcome releases anything (with or without conditions)."""
        return self.outcome != Outcome.REJECTED

    def canonical_record(self) -> dict[str, Any]:
        """What the releaser signs: decision, statement and the hashes of judged facts and findings."""
        return {
            "type": self._meta.label_lower,
            "lot": self.lot_id,  # type: ignore[attr-defined]
            "lot_number": self.lot.number,  # type: ignore[attr-defined]
            "number": self.number,
            "outcome": self.outcome,
            "quantity": self.quantity,
            "conditions": self.conditions,
            "statement": self.statement,
            "facts_sha256": sha256(self.facts),
            "findings_sha256": sha256(self.findings),
        }


class Withdrawal(AppendOnlyModel, RecordedBy):
    """Abstract: a decision taken back, with the reason."""

    reason = models.TextField(_("reason"))

    class Meta:
        abstract = True


def _constraints(stage: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(
            fields=["lot"], condition=models.Q(replaces__isnull=True), name=f"one_first_{stage}_decision_per_lot"
        ),
        models.UniqueConstraint(fields=["lot", "number"], name=f"one_{stage}_decision_per_lot_and_number"),
        models.CheckConstraint(
            condition=models.Q(outcome="rejected", quantity=0)
            | (~models.Q(outcome="rejected") & models.Q(quantity__gte=1)),
            name=f"{stage}_quantity_fits_outcome",
            violation_error_message=_("A release has a quantity of at least 1, a rejection none."),
        ),
        models.CheckConstraint(
            condition=~models.Q(outcome="conditional") | ~models.Q(conditions=""),
            name=f"conditional_{stage}_release_states_conditions",
            violation_error_message=_("State the conditions of the release."),
        ),
    ]


class ProductionRelease(Release):
    """The contractor's decision on a lot (生产放行)."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="production_releases")
    replaces = models.OneToOneField(
        "releases.ProductionWithdrawal", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )

    insert_guards = {
        "production_release_by_the_contractor": "NEW.organisation_id <> "
        "(SELECT l.contractor_id FROM releases_lot l WHERE l.id = NEW.lot_id)",
        "production_quantity_within_lot": "NEW.quantity > (SELECT l.quantity FROM releases_lot l WHERE l.id = NEW.lot_id)",
        "production_replaces_own_predecessor": "NEW.replaces_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
        "releases_productionwithdrawal w JOIN releases_productionrelease r ON r.id = w.release_id "
        "WHERE w.id = NEW.replaces_id AND r.lot_id = NEW.lot_id)",
    }

    class Meta:
        verbose_name = _("production release")
        constraints = _constraints("production")

    def __str__(self) -> str:
        return f"{self.lot} · {self.get_outcome_display()}"


class ProductionWithdrawal(Withdrawal):
    release = models.OneToOneField(ProductionRelease, on_delete=models.PROTECT, related_name="withdrawal")

    insert_guards = {
        "production_withdrawn_before_market": "EXISTS (SELECT 1 FROM releases_marketrelease m "
        "LEFT JOIN releases_marketwithdrawal w ON w.release_id = m.id "
        "WHERE m.production_release_id = NEW.release_id AND m.outcome <> 'rejected' AND w.id IS NULL)"
    }

    class Meta:
        verbose_name = _("withdrawal of a production release")

    def __str__(self) -> str:
        return str(self.release)


class MarketRelease(Release):
    """The registrant's decision on a lot (上市放行); rests on a standing production release of the same lot."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="market_releases")
    production_release = models.ForeignKey(ProductionRelease, on_delete=models.PROTECT, related_name="market_releases")
    replaces = models.OneToOneField(
        "releases.MarketWithdrawal", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )

    insert_guards = {
        "market_release_by_the_registrant": "NEW.organisation_id <> "
        "(SELECT l.registrant_id FROM releases_lot l WHERE l.id = NEW.lot_id)",
        "market_release_rests_on_standing_production_release": "NOT EXISTS (SELECT 1 FROM releases_productionrelease p "
        "LEFT JOIN releases_productionwithdrawal w ON w.release_id = p.id "
        "WHERE p.id = NEW.production_release_id AND p.lot_id = NEW.lot_id AND w.id IS NULL "
        "AND p.outcome <> 'rejected' AND p.recorded_by_id <> NEW.recorded_by_id "
        "AND p.organisation_id <> NEW.organisation_id AND NEW.quantity <= p.quantity)",
        "market_replaces_own_predecessor": "NEW.replaces_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
        "releases_marketwithdrawal w JOIN releases_marketrelease r ON r.id = w.release_id "
        "WHERE w.id = NEW.replaces_id AND r.lot_id = NEW.lot_id)",
    }

    class Meta:
        verbose_name = _("market release")
        constraints = _constraints("market")

    def canonical_record(self) -> dict[str, Any]:
        """As for every release, with the production release it rests on."""
        return super().canonical_record() | {"production_release": self.production_release_id}

    def __str__(self) -> str:
        return f"{self.lot} · {self.get_outcome_display()}"


class MarketWithdrawal(Withdrawal):
    release = models.OneToOneField(MarketRelease, on_delete=models.PROTECT, related_name="withdrawal")

    class Meta:
        verbose_name = _("withdrawal of a market release")

    def __str__(self) -> str:
        return str(self.release)
