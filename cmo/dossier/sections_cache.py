"""Pages of sections that were set before, found again by what they say.

The key is the hash of everything that decides how the pages look: the section, its number, the language, the product's
version and the very programs and fonts that draw. An entry is sealed with the product's secret key: one that is damaged,
or that somebody else wrote, counts as none, and so does a cache that cannot be reached.
"""

from __future__ import annotations

import hashlib
import json
import logging
from base64 import b64decode, b64encode
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from django.core.cache import caches
from django.utils.crypto import constant_time_compare, salted_hmac

from cmo import paper
from cmo.paper.pdf import Bookmark, Leaf, Sheet, fonts
from cmo.paper.words import Language, Words
from cmo.web import charts

from . import across, cover, pdf, sheets, spans
from .pdf import SetSection, set_section
from .pdf.sections import Entry
from .pinning import product_version
from .sheets import Section

logger = logging.getLogger(__name__)

ALIAS = "sections"
_SALT = "cmo.dossier.sections_cache"


def kept_section(section: Section, number: str, language: Language) -> SetSection:
    """As ``set_section``, from the cache where it was set before; the pages are the same."""
    key = key_of(section, number, language)
    found = _read(key)
    if found is None:
        found = set_section(section, number, language)
        _write(key, found)
    return found


def key_of(section: Section, number: str, language: Language) -> str:
    """The name of a set section: the same for the same content, number, language and way of drawing, else another."""
    said = repr((section, number, language, product_version(), _drawn_by()))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _drawn_by() -> str:
    """The hash of the programs and fonts that draw sections."""
    digest = hashlib.sha256()
    for path in drawing_files():
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def drawing_files() -> list[Path]:
    """Every program and font that decides how a set section looks, in one order."""
    folders = [*(Path(str(package.__file__)).parent for package in (paper, pdf, charts)), fonts.FOLDER]
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in {".py", ".ttf"}]
    return [*found, *(Path(str(module.__file__)) for module in (across, cover, sheets, spans))]


def _read(key: str) -> SetSection | None:
    try:
        entry = caches[ALIAS].get(key)
        if entry is None:
            return None
        seal, text = entry
        if constant_time_compare(seal, _seal(key, text)):
            return _restored(json.loads(text))
    except Exception:
        # Whatever a cache answers, the pages are set anew: a file cut off, a server away, an entry of another kind.
        logger.warning("A section kept as %s cannot be read; it is set anew.", key, exc_info=True)
        return None
    logger.warning("A section kept as %s is not what was written; it is set anew.", key)
    return None


def _write(key: str, found: SetSection) -> None:
    text = json.dumps(_plain(found), ensure_ascii=True)
    try:
        caches[ALIAS].set(key, (_seal(key, text), text))
    except Exception:
        logger.warning("The section %s cannot be kept.", key, exc_info=True)


def _seal(key: str, text: str) -> str:
    return salted_hmac(_SALT, f"{key}:{text}", algorithm="sha256").hexdigest()


def _plain(found: SetSection) -> dict[str, Any]:
    leaves = [asdict(leaf) | {"content": b64encode(leaf.content).decode("ascii")} for leaf in found.leaves]
    return {"leaves": leaves, "running": found.running, "entries": [asdict(entry) for entry in found.entries]}


def _restored(data: dict[str, Any]) -> SetSection:
    return SetSection(
        tuple(_leaf(**leaf) for leaf in data["leaves"]),
        tuple(data["running"]),
        tuple(_entry(**entry) for entry in data["entries"]),
    )


def _leaf(sheet: dict[str, float], content: str, places: list[dict[str, Any]], **used: str) -> Leaf:
    marks = tuple(Bookmark(**place) for place in places)
    return Leaf(sheet=Sheet(**sheet), content=b64decode(content), places=marks, **used)


def _entry(title: dict[str, str], count: dict[str, str] | None, **rest: Any) -> Entry:
    return Entry(title=Words(**title), count=Words(**count) if count else None, **rest)
