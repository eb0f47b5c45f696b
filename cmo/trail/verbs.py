"""The closed vocabulary of trail verbs: each app declares its own in ``verbs.py``; here they are collected.

A verb is past tense, ``noun.participle``; its label in both languages makes an entry readable as a sentence.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

#: verb -> (zh, en); ``{label}`` stands for the subject's printed label.
VERBS: dict[str, tuple[str, str]] = {
    "refused": ("被拒绝", "was refused"),
}


@lru_cache(maxsize=1)
def all_verbs() -> dict[str, tuple[str, str]]:
    """Every declared verb with its Chinese and English words.

    :raises ValueError: when two apps declare the same verb.
    """
    found: dict[str, tuple[str, str]] = {}
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.verbs") is None:
            continue
        for verb, words in import_module(f"{config.name}.verbs").VERBS.items():
            if verb in found:
                raise ValueError(f"trail verb {verb!r} is declared twice")
            found[verb] = words
    return found


def known_verbs() -> frozenset[str]:
    """The names alone."""
    return _names()


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(all_verbs())
