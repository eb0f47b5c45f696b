"""The address of a personal calendar feed: whoever has it reads the person's duties until it is revoked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.trail.models import AppendOnlyModel


class FeedToken(AppendOnlyModel):
    """One token; only its SHA-256 is kept, the address is shown once."""

    person = models.ForeignKey("parties.User", on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    label = models.CharField(_("what it is for"), max_length=100)
    language = models.CharField(max_length=10)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("calendar feed")

    def __str__(self) -> str:
        return self.label


class FeedTokenEnd(AppendOnlyModel):
    """A revoked token; its address answers as if it had never been."""

    token = models.OneToOneField(FeedToken, on_delete=models.PROTECT, related_name="end")
    ended_at = models.DateTimeField()

    class Meta:
        verbose_name = _("revoked calendar feed")

    def __str__(self) -> str:
        return str(self.token)
