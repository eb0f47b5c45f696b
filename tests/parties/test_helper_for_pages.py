"""The one place between a page and an action: errors find their place, refusals their trail entry."""

from typing import Any

import pytest
from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import RequestFactory
from django.utils import translation

from cmo.errors import Finding, Refused
from cmo.parties.pages import act
from cmo.trail.models import Entry
from tests import make

pytestmark = pytest.mark.django_db
STREAM = "pair:77"
FINDING = Finding("too_late", "blocks", "law", "太晚了。", "It is too late.", "O739-34")


class OneField(forms.Form):
    name = forms.CharField()


@pytest.fixture
def request_of_somebody() -> Any:
    request = RequestFactory().post("/")
    request.user = make.organisation(posts=()).user()
    return request


def run(request: Any, error: Exception, shape: type[OneField] = OneField) -> OneField:
    form = shape({"name": "x"})
    assert form.is_valid()

    def do(_at: Any) -> None:
        raise error

    assert act(request, form, "pair.ended", subject="pair", stream=STREAM, do=do) is None
    return form


def test_the_result_of_the_action_comes_back(request_of_somebody: Any) -> None:
    done = act(request_of_somebody, None, "pair.ended", subject="pair", stream=STREAM, do=lambda at: at)
    assert done is not None
    assert not Entry.objects.filter(stream=STREAM).exists()


def test_a_refusal_is_on_the_form_with_its_findings_and_on_the_trail(request_of_somebody: Any) -> None:
    form = run(request_of_somebody, Refused([FINDING]))
    assert form.non_field_errors() == [FINDING.text()]
    assert form.findings == [FINDING]
    entry = Entry.objects.get(stream=STREAM).content
    assert (entry["verb"], entry["data"]) == ("refused", {"attempted": "pair.ended", "codes": ["too_late"]})
    assert entry["by_post"] == "quality_manager"


def test_an_error_of_the_model_goes_to_its_field_and_is_no_refusal(request_of_somebody: Any) -> None:
    form = run(request_of_somebody, ValidationError({"name": ["too long"]}))
    assert form.errors == {"name": ["too long"]}
    assert not Entry.objects.filter(stream=STREAM).exists()


def test_an_error_at_a_field_that_the_form_lacks_is_shown_on_top_behind_its_name_on_pages(
    request_of_somebody: Any,
) -> None:
    known = {"authorisation_reference": ["is missing"], "__all__": ["does not fit"]}
    with translation.override("en"):
        form = run(request_of_somebody, ValidationError(known))
        assert sorted(map(str, form.non_field_errors())) == [
            "Reference of the written authorisation: is missing",
            "does not fit",
        ]


def test_a_field_without_one_name_on_pages_is_not_named_in_technical_words(request_of_somebody: Any) -> None:
    unknown = {"number": ["is missing"], "no_such_field": ["is wrong"]}
    form = run(request_of_somebody, ValidationError(unknown))
    assert sorted(map(str, form.non_field_errors())) == ["is missing", "is wrong"]


def test_a_refusal_stands_at_the_field_that_the_form_names_for_it(request_of_somebody: Any) -> None:
    class Placed(OneField):
        places = {"too_late": "name", "too_early": "day"}

    early = Finding("too_early", "blocks", "law", "太早了。", "It is too early.", "O739-34")
    form = run(request_of_somebody, Refused([FINDING, early]), Placed)
    assert form.errors == {"name": [FINDING.text()], "__all__": [early.text()]}


def test_a_denial_is_recorded_and_goes_on_to_be_a_403(request_of_somebody: Any) -> None:
    with pytest.raises(PermissionDenied):
        run(request_of_somebody, PermissionDenied("no"))
    assert Entry.objects.get(stream=STREAM).content["data"]["codes"] == ["PermissionDenied"]
