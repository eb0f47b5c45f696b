"""People: accounts and the posts they hold at one legal entity."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cmo.trail.models import AppendOnlyModel

from ..versions import Outcome

#: Why an address cannot be given to an account: the check before writing and the database say the same.
ADDRESS_TAKEN = _("There is an open account with this e-mail. One person has one account.")


class User(AbstractUser):
    """An account: one person, never shared, never re-assigned. ``printed_name`` appears under signatures.

    ``is_staff`` marks the administrator: organisations and accounts, no signatures.
    """

    printed_name = models.CharField(_("printed name"), max_length=150)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    REQUIRED_FIELDS = ["email", "printed_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(is_active=True) & ~models.Q(email=""),
                name="one_open_account_per_email",
                violation_error_code="email_taken",
                violation_error_message=ADDRESS_TAKEN,
            )
        ]

    def __str__(self) -> str:
        return self.printed_name or self.username

    def get_full_name(self) -> str:
        return self.printed_name

    def get_short_name(self) -> str:
        return self.printed_name


class Side(models.TextChoices):
    REGISTRANT = "registrant", _("registrant side")
    CONTRACTOR = "contractor", _("contractor side")


class Role(models.TextChoices):
    """Posts of ``domain.md``; which side each belongs to is in ``rights.ROLES_OF_SIDE``."""

    QUALITY_MANAGER = "quality_manager", _("quality manager")
    MANAGEMENT_REPRESENTATIVE = "management_representative", _("management representative")
    SIGNATORY = "signatory", _("authorised signatory")
    MARKET_RELEASER = "market_releaser", _("market releaser")
    PRODUCTION_RELEASER = "production_releaser", _("production releaser")
    PRODUCTION_PLANNER = "production_planner", _("production planner")
    RESIDENT_SUPERVISOR = "resident_supervisor", _("resident supervisor")
    AUDITOR = "auditor", _("auditor")
    VIEWER = "viewer", _("viewer")


class PostQuerySet(models.QuerySet["Post"]):
    def confirmed(self) -> PostQuerySet:
        return self.filter(decision__outcome=Outcome.CONFIRMED)

    def effective(self, on: date) -> PostQuerySet:
        """Confirmed posts that are held on ``on`` (first and last day inclusive) by people not dismissed."""
        return self.confirmed().filter(
            models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=on),
            models.Q(end__isnull=True) | models.Q(end__ended_on__gt=on),
            starts_on__lte=on,
            user__is_active=True,
        )

    def overlapping(self, starts_on: date, ends_on: date | None) -> PostQuerySet:
        """Confirmed posts held on at least one day from ``starts_on`` to ``ends_on`` (None: for good)."""
        found = self.confirmed().filter(
            models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=starts_on),
            models.Q(end__isnull=True) | models.Q(end__ended_on__gt=starts_on),
            user__is_active=True,
        )
        return found if ends_on is None else found.filter(starts_on__lte=ends_on)


class Post(AppendOnlyModel):
    """One person's appointment to one role on one side of one legal entity, in writing, from/to."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    organisation = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="posts")
    side = models.CharField(_("side"), max_length=20, choices=Side)
    role = models.CharField(_("post"), max_length=40, choices=Role)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    authorised_on = models.DateField(_("authorised in writing on"))
    authorisation_reference = models.CharField(_("reference of the written authorisation"), max_length=120)
    trained_on = models.DateField(_("trained for the post on"), null=True, blank=True)
    training_reference = models.CharField(_("training record"), max_length=120, blank=True)
    full_time = models.BooleanField(_("own full-time employee"), default=True)
    proposed_by_id = models.BigIntegerField(null=True)
    proposed_by_name = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="post_ends_on_or_after_its_first_day",
                violation_error_message=_("The last day lies before the first day."),
            )
        ]
        indexes = [models.Index(fields=["user", "organisation"], name="parties_post_user_org")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

    def canonical_record(self) -> dict[str, Any]:
        """What is confirmed: the appointment exactly as proposed."""
        return {
            "type": "parties.post",
            "user": self.user_id,
            "organisation": self.organisation_id,
            "side": self.side,
            "role": self.role,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
            "authorised_on": self.authorised_on.isoformat(),
            "authorisation_reference": self.authorisation_reference,
            "trained_on": self.trained_on.isoformat() if self.trained_on else None,
            "full_time": self.full_time,
        }


class PostDecision(AppendOnlyModel):
    """The one decision on a proposed post, by another quality person (or the administrator for the founding posts)."""

    post = models.OneToOneField(Post, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=20, choices=Outcome)
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=150)
    decided_at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("decision on a post")

    def __str__(self) -> str:
        return f"{self.post} · {self.get_outcome_display()}"


class PostEnd(AppendOnlyModel):
    """A post that ended early; from ``ended_on`` on it gives no rights (at once when that is today)."""

    post = models.OneToOneField(Post, on_delete=models.PROTECT, related_name="end")
    ended_on = models.DateField(_("no longer held from"))
    ended_by_id = models.BigIntegerField(null=True)
    ended_by_name = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("end of a post")

    def __str__(self) -> str:
        return f"{self.post} · {self.ended_on}"


class JoinRequest(AppendOnlyModel):
    """Somebody asks to bring their organisation in; the answer never tells whether the number is already known."""

    name = models.CharField(_("organisation"), max_length=200)
    uscc = models.CharField(_("unified social credit code"), max_length=18)
    contact_name = models.CharField(_("contact person"), max_length=150)
    contact_email = models.EmailField(_("e-mail"))
    message = models.TextField(_("message"), blank=True)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("request to join")

    def __str__(self) -> str:
        return self.name
