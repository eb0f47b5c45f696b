"""Draws markup with components as a page would."""

from typing import Any

from django.template import Context, Template
from django_cotton.compiler_regex import CottonCompiler


def drawn(markup: str, **context: Any) -> str:
    """What a page with this markup would show."""
    return Template(CottonCompiler().process(markup)).render(Context(context))
