"""The administration site changes nothing, whoever asks."""

from types import SimpleNamespace

import pytest
from django.contrib.admin import site
from django.contrib.contenttypes.models import ContentType
from django.test import RequestFactory

from cmo.web.admin import ReadOnlyAdmin


def request_of(**user: bool) -> object:
    request = RequestFactory().get("/admin/")
    request.user = SimpleNamespace(is_active=True, **user)  # type: ignore[assignment]
    return request


@pytest.mark.parametrize("superuser", [True, False])
def test_not_even_a_superuser_adds_changes_or_deletes_in_the_administration_site(superuser: bool) -> None:
    page = ReadOnlyAdmin(ContentType, site)
    request = request_of(is_staff=True, is_superuser=superuser)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    assert page.has_view_permission(request)
    assert page.has_module_permission(request)


def test_who_is_not_staff_sees_nothing_there() -> None:
    assert not ReadOnlyAdmin(ContentType, site).has_view_permission(request_of(is_staff=False))
