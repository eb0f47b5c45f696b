"""Words for stored keys of agreements, in the reader's language."""

from django import template
from django.utils.translation import gettext_lazy as _

from agreements.models import Frequency
from cmo.parties.models import Side

register = template.Library()

VARIANTS = {
    "implantable": _("implantable devices"),
    "sterile": _("sterile devices"),
    "animal_derived": _("devices with animal-derived material"),
    "ivd": _("in-vitro diagnostic reagents"),
}


@register.filter
def variant_word(when: str) -> str:
    """``{{ clause.when|variant_word }}`` → the devices for which a row of a template is meant."""
    return str(VARIANTS.get(when, when))


@register.filter
def side_word(side: str) -> str:
    """``{{ row.side|side_word }}`` → registrant or contractor in words."""
    return str(Side(side).label) if side in Side.values else side


@register.filter
def frequency_word(frequency: str) -> str:
    """``{{ row.frequency|frequency_word }}`` → how often, in words."""
    return str(Frequency(frequency).label) if frequency in Frequency.values else frequency
