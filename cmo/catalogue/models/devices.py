"""Devices: an identity per registration certificate or class I filing, its insert-only versions, and its shares."""

from __future__ import annotations

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.access import Scope, TenantQuerySet
from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard
from cmo.parties.versions import Version, VersionDecision, VersionQuerySet
from cmo.regulation.classification import IVD
from cmo.trail.models import AppendOnlyModel

from ..facts_vocabulary import SITES, UNKNOWN, ScreeningFacts


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, scope: Scope) -> DeviceQuerySet:
        """Own devices of a registrant, and devices shared in a pair this scope opens."""
        shared = DeviceShare.objects.standing().visible_to(scope).values("device_id")
        condition = models.Q(pk__in=shared)
        if scope.limited_to is None:
            condition |= models.Q(registrant_id__in=sorted(scope.registrant_ids))
        return self.filter(condition)


class Device(models.Model):
    """One registration certificate or class I filing of a registrant; its content lives in versions."""

    registrant = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="devices")
    created_at = models.DateTimeField()

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")

    def __str__(self) -> str:
        return f"device {self.pk}"

    @property
    def stream(self) -> str:
        """The trail stream that a device's entries belong to: its registrant's."""
        return f"organisation:{self.registrant_id}"


class DeviceVersion(Version):
    """One state of a certificate or filing with everything that decisions about the device rest on.

    ``models_and_specifications``: list of texts. ``production_addresses``: list of objects ``address``, ``entrusted``
    (the mark “(委托生产)”), ``contractor_name``, ``contractor_uscc`` (from the remarks, N38-29).
    ``release_documents``: list of objects ``key``, ``zh``, ``en``. Material facts are ``yes``, ``no`` or ``unknown``.
    """

    class Kind(models.TextChoices):
        REGISTRATION = "registration", _("registration certificate (class II, III)")
        FILING = "filing", _("class I filing")

    class DeviceClass(models.TextChoices):
        I = "I", _("class I")  # noqa: E741 - the law's own numeral
        II = "II", _("class II")
        III = "III", _("class III")

    class Standing(models.TextChoices):
        IN_FORCE = "in_force", _("in force")
        REVOKED = "revoked", _("revoked")
        CANCELLED = "cancelled", _("cancelled")

    class Answer(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")
        UNKNOWN = "unknown", _("unknown")

    class Site(models.TextChoices):
        CORONARY = "coronary", _("coronary arteries")
        PERIPHERAL = "peripheral", _("peripheral vessels")
        AORTIC = "aortic", _("aorta")
        INTRACRANIAL = "intracranial", _("intracranial vessels")
        OTHER = "other", _("another vascular site")
        UNKNOWN = "unknown", _("unknown or not applicable")

    subject_field = "device"
    content_fields = (
        "kind",
        "number_printed",
        "first_day",
        "last_day",
        "standing",
        "deemed_renewed",
        "renewal_filed_on",
        "renewal_proof",
        "name_zh",
        "name_en",
        "device_class",
        "sub_catalogue",
        "classification_code",
        "models_and_specifications",
        "sterile",
        "active",
        "implantable",
        "implantable_reason",
        "contains_animal_derived",
        "directly_from_animal_tissue",
        "contains_allogeneic",
        "vascular_site",
        "device_life_months",
        "production_addresses",
        "udi_listed",
        "release_documents",
    )

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="versions")
    kind = models.CharField(_("kind of certificate"), max_length=20, choices=Kind)
    number_printed = models.CharField(_("certificate or filing number"), max_length=60)
    first_day = models.DateField(_("first day of validity"))
    last_day = models.DateField(_("last day of validity"), null=True, blank=True)
    standing = models.CharField(_("standing"), max_length=20, choices=Standing, default=Standing.IN_FORCE)
    deemed_renewed = models.BooleanField(_("deemed renewed"), default=False)
    renewal_filed_on = models.DateField(_("renewal applied for on"), null=True, blank=True)
    renewal_proof = models.CharField(_("proof of the renewal application"), max_length=200, blank=True)
    name_zh = models.CharField(_("product name (Chinese)"), max_length=200)
    name_en = models.CharField(_("product name (English)"), max_length=200, blank=True)
    device_class = models.CharField(_("management class"), max_length=3, choices=DeviceClass)
    sub_catalogue = models.CharField(_("sub-catalogue"), max_length=3)
    classification_code = models.CharField(_("classification code"), max_length=8, blank=True)
    models_and_specifications = models.JSONField(_("models and specifications"), default=list)
    sterile = models.BooleanField(_("sterile"), default=False)
    active = models.BooleanField(_("active (powered) device"), default=False)
    implantable = models.CharField(_("implantable"), max_length=10, choices=Answer, default=Answer.UNKNOWN)
    implantable_reason = models.TextField(_("why this differs from the code's default"), blank=True)
    contains_animal_derived = models.CharField(
        _("contains animal-derived material"), max_length=10, choices=Answer, default=Answer.UNKNOWN
    )
    directly_from_animal_tissue = models.CharField(
        _("taken directly from animal tissue"), max_length=10, choices=Answer, default=Answer.UNKNOWN
    )
    contains_allogeneic = models.CharField(
        _("contains allogeneic material"), max_length=10, choices=Answer, default=Answer.UNKNOWN
    )
    vascular_site = models.CharField(_("vascular site"), max_length=20, choices=Site, default=Site.UNKNOWN)
    device_life_months = models.PositiveIntegerField(
        _("device life in months"), validators=[MinValueValidator(1), MaxValueValidator(1200)]
    )
    production_addresses = models.JSONField(_("production addresses on the certificate"), default=list)
    udi_listed = models.CharField(
        _("listed in UDI batch 1 to 3"), max_length=10, choices=Answer, default=Answer.UNKNOWN
    )
    release_documents = models.JSONField(_("documents of the release file"), default=list)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("device data")
        constraints = [
            models.UniqueConstraint(fields=["device", "number"], name="one_device_version_per_number"),
            models.CheckConstraint(
                condition=models.Q(last_day__isnull=True) | models.Q(last_day__gte=models.F("first_day")),
                name="certificate_last_day_not_before_first",
                violation_error_message=_("The last day lies before the first day."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind="registration", last_day__isnull=False)
                | models.Q(kind="filing", last_day__isnull=True),
                name="a_certificate_ends_and_a_filing_does_not",
                violation_error_message=_("A registration certificate has a last day, a class I filing has none."),
            ),
            models.CheckConstraint(
                condition=models.Q(deemed_renewed=False)
                | (models.Q(renewal_filed_on__isnull=False) & ~models.Q(renewal_proof="")),
                name="deemed_certificate_renewal_needs_proof",
                violation_error_message=_("A deemed renewal needs the day of application and its proof."),
            ),
            models.CheckConstraint(
                condition=~models.Q(directly_from_animal_tissue="yes", contains_animal_derived="no"),
                name="taken_from_animal_tissue_contains_animal_material",
                violation_error_message=_(
                    "What is taken directly from animal tissue contains animal-derived material."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(vascular_site__in=[*SITES, UNKNOWN]), name="vascular_site_is_known_to_screening"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_zh} {self.number_printed}"

    def valid_on(self, day: date) -> bool:
        """Whether the certificate stands on ``day``: in force, begun, not past its last day unless deemed renewed."""
        if self.standing != self.Standing.IN_FORCE or day < self.first_day:
            return False
        return self.last_day is None or day <= self.last_day or self.deemed_renewed

    @property
    def screening_code(self) -> str | None:
        """The code a screening looks at; reagents outside the 2017 catalogue are ``IVD``."""
        return self.classification_code or (IVD if self.sub_catalogue == IVD else None)

    def screening_facts(self) -> ScreeningFacts:
        """What a screening judges."""
        return ScreeningFacts(
            code=self.screening_code,
            name=self.name_zh,
            implantable=self.implantable,
            contains_animal_derived=self.contains_animal_derived,
            directly_from_animal_tissue=self.directly_from_animal_tissue,
            contains_allogeneic=self.contains_allogeneic,
            vascular_site=self.vascular_site,
        )

    def address_of_contractor(self, uscc: str) -> str:
        """The address printed for this contractor with the mark “(委托生产)”; empty when there is none (N38-29)."""
        printed = (a for a in self.production_addresses if a["entrusted"] and a["contractor_uscc"] == uscc)
        return next((a["address"] for a in printed), "")


class DeviceDecision(VersionDecision):
    version = models.OneToOneField(DeviceVersion, on_delete=models.PROTECT, related_name="decision")

    class Meta:
        verbose_name = _("decision on device data")


class DeviceShareQuerySet(TenantQuerySet):
    def standing(self) -> DeviceShareQuerySet:
        """Shares that were not withdrawn."""
        return self.filter(end__isnull=True)


class DeviceShare(TenantFact, RecordedBy):
    """The registrant opens one device to the contractor of one pair."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="shares")

    insert_guards = tenant_guard("device_share_matches_its_pair") | {
        "device_share_is_of_the_registrants_own_device": "NOT EXISTS (SELECT 1 FROM catalogue_device d "
        "WHERE d.id = NEW.device_id AND d.registrant_id = NEW.registrant_id)"
    }

    objects = DeviceShareQuerySet.as_manager()  # type: ignore[assignment, misc]

    class Meta:
        verbose_name = _("share of a device")
        indexes = [
            models.Index(fields=["contractor", "device"], name="device_share_contractor"),
            models.Index(fields=["pair", "device"], name="device_share_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.pair} · {self.device}"


class DeviceShareEnd(AppendOnlyModel, RecordedBy):
    """A share that was withdrawn; what was decided on it stays readable in those records."""

    share = models.OneToOneField(DeviceShare, on_delete=models.PROTECT, related_name="end")
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("withdrawal of a share")

    def __str__(self) -> str:
        return str(self.share)
