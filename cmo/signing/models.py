"""Signature rows and each person's acceptance of electronic signatures; both append-only."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cmo.trail.models import AppendOnlyModel


class Meaning(models.TextChoices):
    """What a signature says (21 CFR 11.50: review, approval, responsibility, authorship)."""

    AGREES = "agrees", _("agrees to be bound by this agreement")
    CONFIRMS_PAPER = "confirms_paper", _("confirms that this is the agreement signed on paper")
    CONFIRMS_BASE_DATA = "confirms_base_data", _("has checked and confirms these base data")
    RELEASES_PRODUCTION = "releases_production", _("decides on the production release of this lot")
    RELEASES_TO_MARKET = "releases_to_market", _("decides on the market release of this lot")
    DETERMINES = "determines", _("is answerable for this determination")
    LOADS_EDITION = "loads_edition", _("puts this edition of the catalogue into force here")
    APPROVES = "approves", _("approves")
    TERMINATES = "terminates", _("gives notice and terminates this agreement")
    APPROVES_EXCEPTION = "approves_exception", _("approves this exception")
    REFUSES_EXCEPTION = "refuses_exception", _("refuses this exception")
    REPORTS_AUDIT = "reports_audit", _("is answerable for this audit report")
    AGREES_REVIEW = "agrees_review", _("agrees with this yearly review")


class Method(models.TextChoices):
    """How the signer proved who they are at the moment of signing."""

    PASSWORD = "password", _("password")
    PASSWORD_AND_TOTP = "password_totp", _("password and one-time code")
    PASSWORD_AND_KEY = "password_key", _("password and security key")
    PASSKEY = "passkey", _("passkey")


class Signature(AppendOnlyModel):
    """One person's signature under one exact record."""

    record_key = models.CharField(max_length=120)
    record_hash = models.CharField(max_length=64)
    record_label = models.CharField(max_length=300)
    meaning = models.CharField(max_length=30, choices=Meaning)
    signer_id = models.BigIntegerField()
    signer_name = models.CharField(max_length=150)
    post = models.CharField(max_length=40)
    side = models.CharField(max_length=20)
    organisation_id = models.BigIntegerField(null=True)
    organisation = models.CharField(max_length=300)
    method = models.CharField(max_length=20, choices=Method)
    statement_version = models.CharField(max_length=20)
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("signature")
        constraints = [
            models.UniqueConstraint(
                fields=["record_key", "side", "signer_id"],
                name="one_signature_per_record_side_and_signer",
                violation_error_code="already_signed",
            )
        ]
        indexes = [models.Index(fields=["signer_id", "-id"], name="signing_signature_signer")]

    def __str__(self) -> str:
        return f"{self.signer_name} · {self.get_meaning_display()} · {self.record_label}"

    @property
    def mark(self) -> str:
        """The first 16 characters of the record's hash: with the number it makes the address of the public check."""
        return self.record_hash[:16]

    def get_absolute_url(self) -> str:
        """The public page that tells whether this signature still stands; printed under signatures."""
        return reverse("signing:verify", args=[self.pk, self.mark])


class Acceptance(AppendOnlyModel):
    """One person accepts that the signatures given here are theirs (checklist E16)."""

    user_id = models.BigIntegerField()
    user_name = models.CharField(max_length=150)
    statement_version = models.CharField(max_length=20)
    accepted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("acceptance of electronic signatures")
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "statement_version"], name="one_acceptance_per_person_and_statement"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_name} · {self.statement_version}"
