"""What yearly reviews add to the pages of others: their tab on the page of a pair, and where the trail shows one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cmo.parties.sections import register_pair_tab
from cmo.parties.trail_pages import register_subject_page


def register() -> None:
    """Called once when the app is ready."""
    register_pair_tab("reviews", _("Yearly reviews"), "agreements:pair_reviews", 27)
    register_subject_page("agreements.agreementreview", "agreements:review")
