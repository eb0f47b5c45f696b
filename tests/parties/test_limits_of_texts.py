"""Every text that a form of people and pairs takes has an end, and says so in plain words."""

import inspect

import pytest
from django import forms
from django.utils import translation

from cmo.parties import forms as ours
from cmo.parties import forms_invitations
from cmo.parties.forms import ReasonForm

SHAPES = [
    shape
    for module in (ours, forms_invitations)
    for _name, shape in inspect.getmembers(module, inspect.isclass)
    if issubclass(shape, ours.PartyForm)
]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_text_that_a_form_takes_is_limited(shape: type[ours.PartyForm]) -> None:
    texts = [field for field in shape.base_fields.values() if isinstance(field, forms.CharField)]
    assert all(field.max_length and field.max_length <= 2000 for field in texts)


@pytest.mark.parametrize(("length", "good"), [(1, True), (1000, True), (1001, False)])
def test_a_text_that_is_too_long_is_told_with_both_lengths(length: int, good: bool) -> None:
    with translation.override("en"):
        form = ReasonForm({"reason": "理" * length})
        assert form.is_valid() is good
        if not good:
            assert form.errors == {"reason": ["At most 1000 characters; there are 1001. Shorten the text."]}
