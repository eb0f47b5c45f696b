"""The keys under which devices sent evidence files of an audit's items: a file that is sent twice is kept once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.evidence.models import File
from cmo.trail.models import AppendOnlyModel


class SentFile(AppendOnlyModel):
    """The key that a device gave a file before it was first sent. To which item it belongs and who sent it, the file says."""

    client_key = models.UUIDField(unique=True)
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("key of a sent file")

    def __str__(self) -> str:
        return str(self.client_key)
