"""A company's own agreement templates: insert-only versions, each complete and checked before it is kept."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy
from cmo.trail.models import AppendOnlyModel


class OwnTemplate(AppendOnlyModel, RecordedBy):
    """One version of a company's own template; drafts begun from it keep its key and version.

    ``body``: canonical text with ``title_zh``, ``title_en``, ``clauses``, ``duties`` and ``obligations`` as in the
    product's own template file.
    """

    organisation = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    key = models.SlugField(_("key"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    title_zh = models.CharField(_("title (Chinese)"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=200)
    effective_from = models.DateField(_("effective from"))
    body = models.TextField(_("canonical text"))
    body_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("own template")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key", "version"],
                name="one_own_template_per_organisation_key_and_version",
                violation_error_message=_("This version of the template exists already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.title_zh} v{self.version}"

    @property
    def content(self) -> dict[str, Any]:
        """The body as a dictionary."""
        return json.loads(self.body)


class OwnTemplateEnd(AppendOnlyModel, RecordedBy):
    """A template version that is offered for new drafts no longer."""

    template = models.OneToOneField(OwnTemplate, on_delete=models.PROTECT, related_name="end")
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("withdrawal of an own template")

    def __str__(self) -> str:
        return str(self.template)
