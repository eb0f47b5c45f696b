"""Canonical text: equal data give equal text, exactly as RFC 8785 writes it."""

import hashlib
from datetime import date
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from cmo.trail.canonical import canonical, sha256

KEYS = st.text(st.characters(codec="ascii"), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
DATA = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=20)


@given(DATA)
def test_canonical_text_is_that_of_rfc_8785(data):
    assert canonical(data).encode() == rfc8785.dumps(data)


@given(st.dictionaries(KEYS, SCALARS))
def test_order_of_keys_never_matters(data):
    assert canonical(data) == canonical(dict(reversed(data.items())))


@pytest.mark.parametrize("value", [1.5, Decimal("1.0"), date(2026, 6, 1), {1: "x"}, {"名": "x"}, b"x", {"a"}, object()])
def test_what_cannot_be_hashed_the_same_everywhere_is_refused(value):
    with pytest.raises(TypeError, match=r"^\$"):
        canonical({"data": [value]})


@pytest.mark.parametrize("number", [2**53, -(2**53)])
def test_numbers_that_other_readers_would_round_are_refused(number):
    with pytest.raises(TypeError, match="text"):
        canonical({"n": number})


def test_half_a_character_is_refused():
    with pytest.raises(UnicodeEncodeError):
        canonical({"name": "\ud800"})


def test_hash_is_sha256_of_the_utf8_text():
    assert sha256("委托") == hashlib.sha256("委托".encode()).hexdigest()
