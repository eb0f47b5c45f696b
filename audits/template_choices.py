"""The checklists that an audit of a pair can be planned with, as choices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from cmo.parties.models import Pair
from cmo.web.wording import bilingual

from .facts.checklists import checklists_offered
from .facts.template import template_of
from .forms.planning import OWN
from .template_shape import ANNUAL, USES
from .templates_data import AuditTemplate, audit_templates
from .wording.checklist_parts import USE_WORDS


def template_choices(pair: Pair, on: date) -> list[tuple[str, str]]:
    """What an audit of this pair can be planned with."""
    return _choices(pair.registrant_id, on, USES)


def annual_choices(registrant_id: int, on: date) -> list[tuple[str, str]]:
    """What the yearly audits of a programme can be planned with."""
    return _choices(registrant_id, on, (ANNUAL,))


def _choices(registrant_id: int, on: date, uses: Sequence[str]) -> list[tuple[str, str]]:
    """The registrant's own checklists in force first, then the product's, the latest first."""
    own = [
        (f"{OWN}{row.pk}", _("%(title)s (own, version %(n)d)") % {"title": bilingual(row, "title"), "n": row.version})
        for row in checklists_offered(registrant_id, on)
        if template_of(row).use in uses
    ]
    return [*own, *((template.key, _label(template)) for template in audit_templates() if template.use in uses)]


def _label(template: AuditTemplate) -> str:
    words = {"title": bilingual(template, "title"), "use": USE_WORDS[template.use], "n": len(template.items)}
    return _("%(title)s (%(use)s, %(n)d items)") % words
