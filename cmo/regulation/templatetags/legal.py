"""``{% load legal %}``: a citation key as people read it, with a link to what it says."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cmo.regulation.references import UnknownReference, reference
from cmo.web.wording import bilingual, in_language

register = template.Library()


@register.filter
def citation(key: str) -> SafeString | str:
    """``{{ finding.citation|citation }}``: title and article, linked; the text on hover. An unknown key stays as it is."""
    try:
        found = reference(key)
    except UnknownReference:
        return key
    url = f"{reverse('regulation:references')}#{key}"
    label = bilingual(found, "label")
    return format_html('<a class="citation" href="{}" title="{}">{}</a>', url, in_language(found), label)
