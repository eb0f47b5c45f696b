"""The tabs that this app itself gives to the page of a pair; apps above add theirs in between."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .sections import register_pair_tab


def register() -> None:
    """Overview first, evidence and trail last."""
    register_pair_tab("overview", _("Overview"), "parties:pair", 0)
    register_pair_tab("licences", _("Licences"), "parties:pair_licences", 30)
    register_pair_tab("grants", _("Permissions by name"), "parties:pair_grants", 80)
    register_pair_tab("evidence", _("Evidence"), "parties:pair_evidence", 90)
    register_pair_tab("trail", _("Trail"), "parties:pair_trail", 99)
