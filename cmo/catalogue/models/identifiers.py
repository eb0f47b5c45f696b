"""UDI device identifiers (UDI-DI): one per model and package level, assigned once and for ever (source demands E1–E9)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy
from cmo.trail.models import AppendOnlyModel

from .devices import Device


class DeviceIdentifier(AppendOnlyModel, RecordedBy):
    """One UDI-DI. Unique within the registrant for ever, also after it was retired; nothing of it ever changes.

    ``contains`` / ``contained_quantity``: the next lower package level and how many of it. ``replaces`` with
    ``new_because``: why a model that had a DI got another one (E7).
    """

    class Level(models.TextChoices):
        USE_UNIT = "use_unit", _("unit of use")
        SALES_UNIT = "sales_unit", _("smallest sales unit")
        INNER_PACK = "inner_pack", _("inner pack")
        CARTON = "carton", _("carton")

    class Agency(models.TextChoices):
        GS1 = "gs1", _("GS1 China")
        MA = "ma", _("ZIIOT (MA)")
        AHM = "ahm", _("Ali Health (AHM)")

    class NewBecause(models.TextChoices):
        REGULATOR = "regulator", _("the regulator or its database demands it")
        AGENCY = "agency", _("the issuing agency's standard demands it")
        SAFETY = "safety", _("a registered feature changed with possible effect on safety or identification")
        TRADE_ITEM = "trade_item", _("an element of the trade item changed")

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="identifiers")
    registrant = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    model = models.CharField(_("model / specification"), max_length=120)
    level = models.CharField(_("package level"), max_length=20, choices=Level)
    agency = models.CharField(_("issuing agency"), max_length=10, choices=Agency)
    code = models.CharField(_("UDI-DI"), max_length=80)
    site = models.ForeignKey("parties.Site", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contains = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="contained_in")
    contained_quantity = models.PositiveIntegerField(_("how many it contains"), null=True, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    new_because = models.CharField(_("why a new DI"), max_length=20, choices=NewBecause, blank=True)
    assigned_on = models.DateField(_("assigned on"))

    insert_guards = {
        "identifier_matches_its_device": "NOT EXISTS (SELECT 1 FROM catalogue_device d "
        "WHERE d.id = NEW.device_id AND d.registrant_id = NEW.registrant_id)",
        "identifier_contains_one_of_its_device": "NEW.contains_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
        "catalogue_deviceidentifier i WHERE i.id = NEW.contains_id AND i.device_id = NEW.device_id)",
    }

    class Meta:
        verbose_name = _("device identifier (UDI-DI)")
        constraints = [
            models.UniqueConstraint(
                fields=["registrant", "code"],
                name="a_device_identifier_is_assigned_once",
                violation_error_message=_("This DI was assigned before; a DI is never used again."),
            ),
            models.CheckConstraint(
                condition=models.Q(contains__isnull=True, contained_quantity__isnull=True)
                | models.Q(contains__isnull=False, contained_quantity__gte=1),
                name="a_package_says_how_many_it_contains",
                violation_error_message=_("Say what the package contains and how many."),
            ),
            models.CheckConstraint(
                condition=models.Q(replaces__isnull=True, new_because="")
                | (models.Q(replaces__isnull=False) & ~models.Q(new_because="")),
                name="a_new_identifier_says_why",
                violation_error_message=_("Say why the model needs a new DI."),
            ),
        ]
        indexes = [models.Index(fields=["device", "model"], name="catalogue_identifier_device")]

    def __str__(self) -> str:
        return self.code


class IdentifierEvent(AppendOnlyModel, RecordedBy):
    """A DI submitted in the registration system, uploaded to the national database, or retired; in this order (E1)."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("submitted in the registration system")
        UPLOADED = "uploaded", _("uploaded to the national UDI database")
        RETIRED = "retired", _("no longer used")

    identifier = models.ForeignKey(DeviceIdentifier, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("event"), max_length=20, choices=Kind)
    event_on = models.DateField(_("date"))
    reference = models.CharField(_("record or reason"), max_length=200)

    class Meta:
        verbose_name = _("event of a device identifier")
        constraints = [
            models.UniqueConstraint(
                fields=["identifier", "kind"],
                name="one_event_of_a_kind_per_identifier",
                violation_error_message=_("This is recorded for the DI already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.identifier} · {self.get_kind_display()}"
