"""Pairs and what hangs on them: proposals, accepted licences, dated grants and their guardian projection."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from cmo.trail.models import AppendOnlyModel

from .base_data import LicenceVersion, Organisation
from .people import Side, User

if TYPE_CHECKING:
    from ..access import Scope


class PairProposal(AppendOnlyModel):
    """One side proposes a pair to the holder of a credit code; whether that code is known here is not told."""

    proposer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="proposals")
    proposer_side = models.CharField(_("your side"), max_length=20, choices=Side)
    counterpart_uscc = models.CharField(_("counterpart's unified social credit code"), max_length=18)
    counterpart_name = models.CharField(_("counterpart's name"), max_length=200)
    message = models.TextField(_("message"), blank=True)
    proposed_by_id = models.BigIntegerField()
    proposed_by_name = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("proposal of a pair")
        indexes = [models.Index(fields=["counterpart_uscc"], name="parties_proposal_uscc")]

    def __str__(self) -> str:
        return f"{self.counterpart_name} ({self.counterpart_uscc})"


class PairQuerySet(models.QuerySet["Pair"]):
    def visible_to(self, scope: Scope) -> PairQuerySet:
        """The pairs that this person's posts and grants open."""
        return self.filter(scope.tenant_filter("pk"))


class Pair(AppendOnlyModel):
    """One registrant and one contractor: the scope of permissions, agreements, audits and holds."""

    number = models.CharField(_("pair number"), max_length=20, unique=True)
    registrant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pairs_as_registrant")
    contractor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pairs_as_contractor")
    created_at = models.DateTimeField()

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair")
        default_permissions = ()
        permissions = [
            ("read_pair", "May read this pair as a named outsider"),
            ("limited_to_pair", "Is limited to pairs that carry this permission"),
            ("read_dossier", "May read this pair's dossier on screen"),
            ("take_dossier", "May take this pair's dossier"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["registrant", "contractor"], name="one_pair_per_registrant_and_contractor"),
            models.CheckConstraint(
                condition=~models.Q(registrant=models.F("contractor")), name="registrant_and_contractor_differ"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def stream(self) -> str:
        """The trail stream of this pair, its agreements and its lots."""
        return f"pair:{self.pk}"


class ProposalAnswer(AppendOnlyModel):
    """The counterpart's answer to a proposal; acceptance creates the pair."""

    proposal = models.OneToOneField(PairProposal, on_delete=models.PROTECT, related_name="answer")
    accepted = models.BooleanField()
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, null=True, related_name="proposals")
    answered_by_id = models.BigIntegerField()
    answered_by_name = models.CharField(max_length=150)
    answered_at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("answer to a proposal")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted=True, pair__isnull=False) | models.Q(accepted=False, pair__isnull=True),
                name="accepted_proposal_has_a_pair",
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal} · {self.accepted}"


class PairEnd(AppendOnlyModel):
    """The relationship ended; records stay readable to both sides."""

    pair = models.OneToOneField(Pair, on_delete=models.PROTECT, related_name="end")
    ended_on = models.DateField(_("ended on"))
    reason = models.TextField(_("reason"))
    recorded_by_id = models.BigIntegerField()
    recorded_by_name = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("end of a pair")

    def __str__(self) -> str:
        return f"{self.pair} · {self.ended_on}"


class LicenceAcceptance(AppendOnlyModel):
    """The registrant accepts one confirmed version of the contractor's licence for one pair."""

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="licence_acceptances")
    version = models.ForeignKey(LicenceVersion, on_delete=models.PROTECT, related_name="acceptances")
    accepted_by_id = models.BigIntegerField()
    accepted_by_name = models.CharField(max_length=150)
    accepted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("acceptance of a licence")
        constraints = [
            models.UniqueConstraint(fields=["pair", "version"], name="one_acceptance_per_pair_and_licence_version")
        ]

    def __str__(self) -> str:
        return f"{self.pair} · {self.version}"


class DossierScope(models.TextChoices):
    """What a dossier of a pair is limited to."""

    WHOLE = "whole", _("the whole pair")
    PERIOD = "period", _("a period")
    DEVICE = "device", _("one device")
    LOT = "lot", _("one lot")
    AGREEMENT = "agreement", _("one agreement")


class Invitation(AppendOnlyModel):
    """Quality of one side invites an outsider by mail to read one pair for a time; answering it makes the account.

    Of the token only the SHA-256 is kept. ``reads``: every page of the pair, or its dossier alone; ``scope_kind`` and
    ``scope_key`` limit the dossier (key as in ``cmo.dossier``: two days, a number); ``takes``: may carry it away.
    """

    class Purpose(models.TextChoices):
        AUDITOR = "auditor", _("outside auditor")
        INSPECTOR = "inspector", _("inspector of an authority")

    class Reads(models.TextChoices):
        PAIR = "pair", _("every page of the pair")
        DOSSIER = "dossier", _("the dossier only")

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="invitations")
    purpose = models.CharField(_("who is invited"), max_length=20, choices=Purpose)
    printed_name = models.CharField(_("name"), max_length=150)
    employer = models.CharField(_("authority or firm"), max_length=200)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    reads = models.CharField(_("may read"), max_length=20, choices=Reads)
    scope_kind = models.CharField(_("scope of the dossier"), max_length=20, choices=DossierScope, default="whole")
    scope_key = models.CharField(max_length=120, blank=True)
    takes = models.BooleanField(_("may take the dossier away"), default=False)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    reason = models.TextField(_("reason"))
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by_id = models.BigIntegerField()
    invited_by_name = models.CharField(max_length=150)
    invited_at = models.DateTimeField()

    class Meta:
        verbose_name = _("invitation")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="invitation_ends_on_or_after_its_first_day",
                violation_error_message=_("The last day lies before the first day."),
            ),
            models.CheckConstraint(
                condition=models.Q(reads="dossier") | models.Q(scope_kind="whole", scope_key=""),
                name="only_a_dossier_is_limited_in_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.printed_name} · {self.employer}"


class InvitationAnswer(AppendOnlyModel):
    """What became of an invitation: accepted by the invited person, who got an account, or withdrawn by the pair."""

    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="answer")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="invitations")
    answered_by_name = models.CharField(max_length=150)
    answered_at = models.DateTimeField()
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("answer to an invitation")

    def __str__(self) -> str:
        return str(self.invitation)


class GrantQuerySet(models.QuerySet["Grant"]):
    def effective(self, on: date) -> GrantQuerySet:
        """Grants in force on ``on``: begun, not past their last day, not revoked."""
        return self.begun(on).filter(ends_on__gte=on)

    def begun(self, on: date) -> GrantQuerySet:
        """Grants that have begun and were not revoked, also those past their last day."""
        return self.filter(starts_on__lte=on, revocation__isnull=True, user__is_active=True)


class Grant(AppendOnlyModel):
    """A dated, named exception on one pair; the truth behind the guardian permission of the same name."""

    class Permission(models.TextChoices):
        READ_PAIR = "read_pair", _("may read this pair (outside auditor or inspector)")
        LIMITED_TO_PAIR = "limited_to_pair", _("is limited to this pair (own colleague)")
        READ_DOSSIER = "read_dossier", _("may read this pair's dossier on screen")
        TAKE_DOSSIER = "take_dossier", _("may take this pair's dossier")

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="grants")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    permission = models.CharField(_("permission"), max_length=30, choices=Permission)
    scope_kind = models.CharField(_("scope of the dossier"), max_length=20, choices=DossierScope, default="whole")
    scope_key = models.CharField(max_length=120, blank=True)
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, null=True, related_name="grants")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    reason = models.TextField(_("reason"))
    granted_by_id = models.BigIntegerField()
    granted_by_name = models.CharField(max_length=150)
    granted_at = models.DateTimeField()

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="grant_ends_on_or_after_its_first_day",
                violation_error_message=_("The last day lies before the first day."),
            ),
            models.CheckConstraint(
                condition=models.Q(permission__in=("read_dossier", "take_dossier"))
                | models.Q(scope_kind="whole", scope_key=""),
                name="only_a_dossier_grant_is_limited_in_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_permission_display()} · {self.pair}"


class GrantRevocation(AppendOnlyModel):
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="revocation")
    revoked_by_id = models.BigIntegerField()
    revoked_by_name = models.CharField(max_length=150)
    revoked_at = models.DateTimeField()
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("revocation of a grant")

    def __str__(self) -> str:
        return str(self.grant)


class PairUserObjectPermission(UserObjectPermissionBase):
    """Guardian's projection of the grants (direct foreign key); ``access`` always intersects it with the dates."""

    content_object = models.ForeignKey(Pair, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("projected permission")
