"""Parsing one part of a package: no entities, no network, no endless depth."""

from __future__ import annotations

from typing import Any

from lxml import etree

from .names import STRICT


class Unsafe(ValueError):
    """The part cannot be parsed; ``code``: broken_xml or too_deep."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parsed(content: bytes) -> Any:
    """The root element of a part that was judged before.

    :raises Unsafe: not well-formed, or nested more deeply than any document is.
    """
    for strict, usual in STRICT.items():
        if strict in content:
            content = content.replace(strict, usual)
    parser = etree.XMLParser(
        encoding="utf-8",  # as it was judged, whatever the part says of itself
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        deep = "depth" in str(error).lower()
        raise Unsafe("too_deep" if deep else "broken_xml") from error
