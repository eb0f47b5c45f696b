"""The formats that go into a package, under their names: PDF, signed where a key is configured, and DOCX."""

from __future__ import annotations

from collections.abc import Callable

from cmo.paper.words import Language

from .docx import render_docx
from .package import Document
from .pdf import SetSection, render_pdf, set_section
from .pdf.rendering import Setter
from .sheets import Dossier, Section
from .signing_pdf import signed, signs

#: Told the key of each step before it begins.
Step = Callable[[str], None]
#: The steps here that are no sections, in their order.
STEPS = ("binding", "docx")


def documents_of(
    dossier: Dossier, language: Language, set_one: Setter = set_section, at_step: Step = lambda _key: None
) -> tuple[Document, ...]:
    """Every document of a dossier in one language or side by side; ``set_one`` may keep sections that were set before.

    :raises SigningKeyError: when the configured key cannot be used.
    """
    return (_pdf(dossier, language, set_one, at_step), _docx(dossier, language, at_step))


def _pdf(dossier: Dossier, language: Language, set_one: Setter, at_step: Step) -> Document:
    plain = render_pdf(dossier, language, _announced(dossier, set_one, at_step))
    if not signs():
        return Document("dossier.pdf", plain)
    reason = f"{dossier.pin.pair_number} {dossier.pin.as_of.isoformat()} SHA-256 {dossier.pin.head}"
    return Document("dossier.pdf", signed(plain, reason), len(plain))


def _announced(dossier: Dossier, set_one: Setter, at_step: Step) -> Setter:
    """Each section is announced before it is set, and after the last that they are put together."""
    last = len(dossier.sections)

    def announced(section: Section, number: str, language: Language) -> SetSection:
        at_step(section.key)
        found = set_one(section, number, language)
        if number == str(last):
            at_step("binding")
        return found

    return announced


def _docx(dossier: Dossier, language: Language, at_step: Step) -> Document:
    at_step("docx")
    return Document("dossier.docx", render_docx(dossier, language))
