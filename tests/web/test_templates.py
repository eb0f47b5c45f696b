"""Every component renders in both languages; pages obey the content policy; unknown icons are refused."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.template import Context
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from cmo.errors import Finding
from cmo.web import badges, icons
from cmo.web.samples.lists import SampleForm
from tests.web.drawn import drawn

TEMPLATES = Path(settings.BASE_DIR) / "templates"
COTTON = TEMPLATES / "cotton"
FINDING = Finding(
    "late", "blocks", "law", "协议已到期 <b>。", "The agreement ended <b>.", todo_zh="签署。", todo_en="Sign it."
)


@pytest.fixture
def staff(client: Client) -> Client:
    user = get_user_model()(username="staff", is_staff=True, email="staff@example.com")
    user.set_password("a-long-password-1")
    user.save()
    client.force_login(user)
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_gallery_renders_every_component(staff: Client, language: str) -> None:
    staff.cookies["django_language"] = language
    page = staff.get(reverse("web:gallery"))
    assert page.status_code == 200
    used = {template.name for template in page.templates if template.name}
    missing = {f"cotton/{path.name}" for path in COTTON.glob("*.html")} - used
    assert missing == set()


@pytest.mark.django_db
def test_the_gallery_exports_its_list(staff: Client) -> None:
    answer = staff.get(reverse("web:gallery"), {"export": "xlsx"})
    assert answer["Content-Disposition"] == 'attachment; filename="lots.xlsx"'


@pytest.mark.django_db
def test_the_gallery_is_for_staff_only(client: Client, settings: Any) -> None:
    settings.DEBUG = False
    assert client.get(reverse("web:gallery")).status_code == 302
    user = get_user_model()(username="someone", email="someone@example.com")
    user.save()
    client.force_login(user)
    assert client.get(reverse("web:gallery")).status_code == 404


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_compiles_and_has_no_inline_style_script_or_handler(path: Path) -> None:
    get_template(str(path.relative_to(TEMPLATES)))
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son(click|change|submit|load|input)\s*=", text)
    assert "<style" not in text
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script


@pytest.mark.parametrize("path", sorted(COTTON.glob("*.html")), ids=lambda path: path.stem)
def test_a_component_documents_itself_on_top(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("{% comment %}")


@pytest.mark.parametrize("code", ["400", "403", "404", "500", "403_csrf"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_error_page_needs_no_request_and_says_what_to_do(code: str, language: str) -> None:
    with override(language):
        page = get_template(f"{code}.html").template.render(Context())
    assert f'lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in page
    assert '<a class="btn btn-primary" href="/">' in page


def test_an_unknown_icon_is_refused() -> None:
    with pytest.raises(ValueError, match="no-such-icon"):
        icons.icon("no-such-icon")


@pytest.mark.parametrize("name", sorted(icons.NAMES))
def test_a_listed_icon_is_vendored_and_drawn(name: str) -> None:
    svg = icons.icon(name)
    assert svg.count("<svg") == 1
    assert 'aria-hidden="true"' in svg
    assert "<path" in svg


def test_an_icon_with_a_label_is_spoken() -> None:
    assert 'role="img" aria-label="已锁定 &lt;"' in icons.icon("lock", "已锁定 <")


def test_the_badge_of_python_is_the_badge_of_the_templates() -> None:
    from_template = drawn('<c-status-badge tone="good" word="有效" />')
    assert from_template.strip() == badges.badge("good", "有效")


def test_findings_show_sentence_way_out_and_basis_and_escape() -> None:
    with override("zh-hans"):
        html = drawn('<c-findings :items="items" />', items=[FINDING, FINDING.as_dict()])
    assert html.count("协议已到期 &lt;b&gt;。") == 2
    assert html.count("签署。") == 2
    assert "2 项原因阻止此操作" in html
    assert "法律法规" in html


def test_a_button_that_cannot_be_used_carries_its_reasons_and_leads_nowhere() -> None:
    with override("en"):
        html = drawn('<c-action label="Release" href="/release/" :reasons="reasons" />', reasons=[FINDING, "x"])
    assert "stopped by 2 reasons" in html
    assert "The agreement ended" in html
    assert "/release/" not in html


def test_a_button_that_others_use_says_so_quietly_and_keeps_its_reason() -> None:
    theirs = replace(FINDING, facts={"done_by": "contractor side"})
    with override("en"):
        quiet = drawn('<c-action label="Release" href="/release/" :reasons="reasons" />', reasons=[theirs])
        loud = drawn('<c-action label="Release" href="/release/" :reasons="reasons" />', reasons=[theirs, FINDING])
    assert "done by contractor side" in quiet
    assert "The agreement ended" in quiet
    assert "stopped by" not in quiet
    assert "/release/" not in quiet
    assert "stopped by 2 reasons" in loud


def test_tabs_with_groups_stand_under_their_headings_and_say_where_one_is() -> None:
    tabs = [
        {"label": "概览", "url": "/a/", "current": False, "group": "关系"},
        {"label": "批次", "url": "/b/", "current": True, "group": "生产"},
        {"label": "标签", "url": "/c/", "current": False, "group": "生产"},
    ]
    html = drawn('<c-tabs :items="tabs" />', tabs=tabs)
    assert html.count("tabs-title") == 2
    assert html.count('aria-current="page"') == 1
    assert html.index('class="tabs-here">批次') < html.index('href="/a/"')
    assert "data-fold-button" not in drawn('<c-tabs :items="tabs" />', tabs=[{**tabs[0], "group": ""}])


def test_a_long_title_has_its_own_line() -> None:
    assert "page-head-long" in drawn(f'<c-page-header title="{"示例恒筑精密制造" * 4}" />')
    assert "page-head-long" not in drawn('<c-page-header title="髋关节假体" />')


def test_a_signature_says_how_it_was_confirmed_and_names_the_hash() -> None:
    signed = {
        "name": "裘放之",
        "post": "",
        "meaning": "m",
        "at": None,
        "hash": "640de0fc3643" * 5,
        "method": "password",
    }
    with override("en"):
        html = drawn('<c-signature-block :signature="signature" />', signature=signed)
    assert "confirmed by password" in html
    assert "record hash <code" in html


def test_a_button_without_reasons_posts_or_links() -> None:
    posted = drawn('<c-action label="Lift" post="/lift/" />', csrf_token="t")
    assert 'method="post" action="/lift/"' in posted
    assert "csrfmiddlewaretoken" in posted
    assert 'href="/go/"' in drawn('<c-action label="Go" href="/go/" />')


def test_form_fields_have_the_look_their_label_and_their_errors() -> None:
    form = SampleForm({"number": "", "quantity": "7"})
    html = drawn('<c-form-body :form="form" />', form=form)
    assert 'class="form-control is-invalid"' in html
    assert 'aria-describedby="id_number_helptext id_number_error"' in html
    assert 'id="id_number_error"' in html
    assert 'href="#id_number"' in html
    assert 'value="7"' in html
    assert '<span class="unit">' in html
    assert "<fieldset" in html
    assert 'class="form-select' in html


def test_a_placeholder_that_repeats_the_label_is_dropped() -> None:
    class Login(forms.Form):
        name = forms.CharField(label="Name", widget=forms.TextInput(attrs={"placeholder": "Name"}))
        code = forms.CharField(label="Code", widget=forms.TextInput(attrs={"placeholder": "six digits"}))

    html = drawn('<c-form-body :form="form" />', form=Login())
    assert 'placeholder="Name"' not in html
    assert 'placeholder="six digits"' in html


def test_a_navigation_entry_is_absent_while_its_route_is() -> None:
    html = drawn('<c-nav-entry name="nowhere:nothing" icon="lock" label="x" />', request=RequestFactory().get("/"))
    assert html.strip() == ""


@pytest.mark.parametrize(("more", "current"), [("", 'aria-current="page"'), ("more/", 'aria-current="true"')])
def test_a_navigation_entry_knows_where_one_is(more: str, current: str) -> None:
    request = RequestFactory().get(reverse("web:gallery") + more)
    assert current in drawn('<c-nav-entry name="web:gallery" icon="lock" label="x" />', request=request)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_the_pages_before_sign_in_have_the_look(client: Client, name: str, language: str) -> None:
    client.cookies["django_language"] = language
    page = client.get(reverse(name)).content.decode()
    assert 'class="plain-main"' in page
    assert " style=" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["account_change_password", "account_logout", "mfa_index", "mfa_list_webauthn", "usersessions_list"]
)
def test_the_account_pages_have_the_look(staff: Client, name: str) -> None:
    page = staff.get(reverse(name), follow=True)
    text = page.content.decode()
    assert page.status_code == 200
    assert 'id="main"' in text
    assert " style=" not in text


@pytest.mark.parametrize("path", sorted(COTTON.glob("*.html")), ids=lambda path: path.stem)
def test_a_component_takes_nothing_from_the_page_around_it(path: Path) -> None:
    declared = re.search(r"<c-vars ([^>]*)/>", path.read_text(encoding="utf-8"))
    undeclared = (
        re.findall(r"""(?<!=)(?<!["'])\b:?[a-z_]+\b(?!\s*=)(?!["'])""", re.sub(r'"[^"]*"', '""', declared[1]))
        if declared
        else []
    )
    assert undeclared == []


@pytest.mark.django_db
def test_the_language_can_be_changed_before_signing_in_and_leads_back(client: Client) -> None:
    there = reverse("account_login")
    answer = client.post(reverse("web:language"), {"language": "en", "next": there})
    assert (answer.status_code, answer["Location"]) == (302, there)
    assert "Sign in" in client.get(there).content.decode()
    elsewhere = client.post(reverse("web:language"), {"language": "en", "next": "https://elsewhere.example/"})
    assert elsewhere["Location"] == "/"
