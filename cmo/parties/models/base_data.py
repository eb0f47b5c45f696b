"""Organisations, sites and production licences: identities and their insert-only versions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..versions import Version, VersionDecision, VersionQuerySet

if TYPE_CHECKING:
    from ..access import Scope


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, scope: Scope) -> OrganisationQuerySet:
        """The own legal entities: where this person holds a post. Counterparts are read through the pair."""
        return self.filter(pk__in=sorted(scope.organisation_ids))


class OwnedQuerySet(models.QuerySet):
    """Rows that belong to one organisation and are its own business: sites, licences."""

    def visible_to(self, scope: Scope) -> OwnedQuerySet:
        return self.filter(organisation_id__in=sorted(scope.organisation_ids))


class Organisation(models.Model):
    """A legal entity; in one pair it may be registrant and in another contractor."""

    created_at = models.DateTimeField()

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")

    def __str__(self) -> str:
        return f"organisation {self.pk}"


class OrganisationVersion(Version):
    """Name, unified social credit code and addresses of an organisation."""

    subject_field = "organisation"
    content_fields = (
        "name_zh",
        "name_en",
        "uscc",
        "province",
        "address_zh",
        "address_en",
        "legal_representative",
        "contact",
    )

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="versions")
    name_zh = models.CharField(_("name (Chinese)"), max_length=200)
    name_en = models.CharField(_("name (English)"), max_length=200, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18)
    province = models.CharField(_("province"), max_length=2)
    address_zh = models.CharField(_("registered address (Chinese)"), max_length=300)
    address_en = models.CharField(_("registered address (English)"), max_length=300, blank=True)
    legal_representative = models.CharField(_("legal representative"), max_length=100)
    contact = models.CharField(_("contact"), max_length=200, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation data")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="one_organisation_version_per_number")
        ]

    def __str__(self) -> str:
        return self.name_zh


class OrganisationDecision(VersionDecision):
    version = models.OneToOneField(OrganisationVersion, on_delete=models.PROTECT, related_name="decision")

    class Meta:
        verbose_name = _("decision on organisation data")


class Site(models.Model):
    """A production address of an organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    created_at = models.DateTimeField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")

    def __str__(self) -> str:
        return f"site {self.pk}"


class SiteVersion(Version):
    """Name and address of a site, and whether it is in use."""

    subject_field = "site"
    content_fields = ("name_zh", "name_en", "province", "address_zh", "address_en", "in_use")

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="versions")
    name_zh = models.CharField(_("site name (Chinese)"), max_length=200)
    name_en = models.CharField(_("site name (English)"), max_length=200, blank=True)
    province = models.CharField(_("province"), max_length=2)
    address_zh = models.CharField(_("production address (Chinese)"), max_length=300)
    address_en = models.CharField(_("production address (English)"), max_length=300, blank=True)
    in_use = models.BooleanField(_("in use"), default=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("site data")
        constraints = [models.UniqueConstraint(fields=["site", "number"], name="one_site_version_per_number")]

    def __str__(self) -> str:
        return self.name_zh


class SiteDecision(VersionDecision):
    version = models.OneToOneField(SiteVersion, on_delete=models.PROTECT, related_name="decision")

    class Meta:
        verbose_name = _("decision on site data")


class Licence(models.Model):
    """A production licence (class II and III) or class I production filing of an organisation."""

    class Kind(models.TextChoices):
        LICENCE = "licence", _("production licence (class II, III)")
        FILING = "filing", _("class I production filing")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="licences")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    created_at = models.DateTimeField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("production licence")

    def __str__(self) -> str:
        return f"licence {self.pk}"


class LicenceVersion(Version):
    """One state of a licence: number, days, scope by sub-catalogue, sites, standing.

    ``scope`` is a list of sub-catalogue numbers (``"13"``, ``"IVD"``); ``site_ids`` the sites printed on it.
    A class I filing has no last day. ``deemed_renewed`` needs proof that renewal was applied for in time.
    """

    class Standing(models.TextChoices):
        IN_FORCE = "in_force", _("in force")
        SUSPENDED = "suspended", _("suspended")
        REVOKED = "revoked", _("revoked")
        CANCELLED = "cancelled", _("cancelled")

    subject_field = "licence"
    content_fields = (
        "number_printed",
        "first_day",
        "last_day",
        "scope",
        "site_ids",
        "standing",
        "deemed_renewed",
        "renewal_filed_on",
        "renewal_proof",
        "qms_inspected_on",
    )

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="versions")
    number_printed = models.CharField(_("licence or filing number"), max_length=60)
    first_day = models.DateField(_("first day of validity"))
    last_day = models.DateField(_("last day of validity"), null=True, blank=True)
    scope = models.JSONField(_("scope (sub-catalogues)"), default=list)
    site_ids = models.JSONField(_("sites on the licence"), default=list)
    standing = models.CharField(_("standing"), max_length=20, choices=Standing, default=Standing.IN_FORCE)
    deemed_renewed = models.BooleanField(_("deemed renewed"), default=False)
    renewal_filed_on = models.DateField(_("renewal applied for on"), null=True, blank=True)
    renewal_proof = models.CharField(_("proof of the renewal application"), max_length=200, blank=True)
    qms_inspected_on = models.DateField(_("last passed QMS inspection"), null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("licence data")
        constraints = [
            models.UniqueConstraint(fields=["licence", "number"], name="one_licence_version_per_number"),
            models.CheckConstraint(
                condition=models.Q(last_day__isnull=True) | models.Q(last_day__gte=models.F("first_day")),
                name="licence_last_day_not_before_first",
                violation_error_message=_("The last day lies before the first day."),
            ),
            models.CheckConstraint(
                condition=models.Q(deemed_renewed=False)
                | (models.Q(renewal_filed_on__isnull=False) & ~models.Q(renewal_proof="")),
                name="deemed_renewal_needs_proof_of_filing",
                violation_error_message=_("A deemed renewal needs the day of application and its proof."),
            ),
        ]

    def __str__(self) -> str:
        return self.number_printed

    def valid_on(self, day: date) -> bool:
        """Whether the licence stands on ``day``: in force, begun, and not past its last day unless deemed renewed."""
        if self.standing != self.Standing.IN_FORCE or day < self.first_day:
            return False
        return self.last_day is None or day <= self.last_day or self.deemed_renewed


class LicenceDecision(VersionDecision):
    version = models.OneToOneField(LicenceVersion, on_delete=models.PROTECT, related_name="decision")

    class Meta:
        verbose_name = _("decision on licence data")
