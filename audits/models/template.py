"""Checklist templates as they were used: the product's own and a company's, each version complete and unchangeable."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy
from cmo.trail.models import AppendOnlyModel


class TemplateVersion(AppendOnlyModel, RecordedBy):
    """One version of a checklist, kept when a company imports it or when an audit first uses the product's own.

    ``organisation``: whose own it is, empty for the product's. ``body``: canonical text with the fields of a template
    file (title, issuer, sections, items, judgement tables, notes), which :mod:`audits.templates_data` reads.
    """

    organisation = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    key = models.SlugField(_("key"), max_length=60)
    version = models.PositiveIntegerField(_("version"))
    title_zh = models.CharField(_("title (Chinese)"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=200)
    effective_from = models.DateField(_("effective from"), null=True)
    body = models.TextField(_("canonical text"))
    body_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("version of a checklist")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key", "version"],
                name="one_checklist_per_organisation_key_and_version",
                violation_error_message=_("This version of the checklist exists already."),
            ),
            models.UniqueConstraint(
                fields=["key", "body_hash"],
                condition=models.Q(organisation__isnull=True),
                name="the_products_checklist_is_kept_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_zh} v{self.version}"

    @property
    def content(self) -> dict[str, Any]:
        """The body as a dictionary."""
        return json.loads(self.body)


class TemplateEnd(AppendOnlyModel, RecordedBy):
    """A company's checklist that is offered for new audits no longer."""

    template = models.OneToOneField(TemplateVersion, on_delete=models.PROTECT, related_name="end")
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("withdrawal of a checklist")

    def __str__(self) -> str:
        return str(self.template)
