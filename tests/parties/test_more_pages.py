"""Every act of parties through its page: it does what it says and leads on."""

import re
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from cmo.parties import actions
from cmo.parties.models import Grant, Pair, PairProposal, Post, User
from cmo.parties.versions import Outcome
from cmo.trail.models import Entry
from tests import make

from .test_pages import request_of, signed_in, text

pytestmark = pytest.mark.django_db
REASON = {"reason": "示例理由"}


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders() -> Any:
    with time_machine.travel(make.AT, tick=True):
        yield


def done(client: Client, name: str, args: list[Any], data: dict[str, Any] | None = None) -> str:
    """Post a form that must be accepted; where it leads."""
    page = client.post(reverse(f"parties:{name}", args=args), data or {})
    assert page.status_code == 302, getattr(page.context, "get", lambda _: page)("form").errors
    return str(page.headers["Location"])


def test_new_data_of_an_organisation_are_proposed_and_turned_down() -> None:
    firm = make.organisation(posts=())
    one, two = signed_in(firm.user(nth=0)), signed_in(firm.user(nth=1))
    content = {k: v for k, v in firm.data.content().items() if v} | {"contact": "新电话"} | REASON
    done(one, "propose_organisation", [firm.pk], content)
    version = firm.organisation.versions.latest("number")
    url = reverse("parties:organisation", args=[firm.pk])
    assert "Waiting for confirmation" in text(two.get(url))
    done(two, "turn_down_version", ["organisation", version.pk], REASON)
    assert firm.organisation.versions.get(pk=version.pk).state == Outcome.TURNED_DOWN
    page = text(one.get(url))
    assert "turned down" in page
    assert "示例理由" in page
    decided = two.get(reverse("parties:confirm_version", args=["organisation", version.pk]))
    assert decided.status_code == 302


def test_a_site_is_entered_and_changed() -> None:
    firm = make.organisation(sides=("contractor",), posts=())
    place = make.site(firm)
    client = signed_in(firm.user())
    content = {k: v for k, v in make.site_content(name_zh="二厂").items() if v} | REASON
    done(client, "propose_site", [place.pk], content)
    assert place.versions.latest("number").name_zh == "二厂"
    page = text(client.get(reverse("parties:organisation_sites", args=[firm.pk])))
    assert "二厂" in page
    assert make.site_version(place).name_zh == "一厂"


def test_a_licence_is_renewed_and_its_page_tells_the_story() -> None:
    firm = make.organisation(sides=("contractor",), posts=())
    version = make.licence(firm)
    client = signed_in(firm.user())
    content = {k: v for k, v in version.content().items() if v} | {"last_day": "2034-05-31"} | REASON
    done(client, "propose_licence", [version.licence_id], content)
    page = text(client.get(reverse("parties:licence", args=[version.licence_id])))
    assert "Last day of validity" in page
    assert "had new licence data proposed" in page


def test_people_are_appointed_confirmed_turned_down_and_ended() -> None:
    firm = make.organisation(posts=())
    one, two = signed_in(firm.user(nth=0)), signed_in(firm.user(nth=1))
    for name in ("eins", "zwei"):
        make.person(username=name)
        content = {k: v for k, v in make.appointment("viewer").items() if v} | {"user": name}
        done(one, "propose_post", [firm.pk], content)
    first, second = Post.objects.filter(role="viewer").order_by("pk")
    done(two, "confirm_post", [first.pk])
    done(two, "turn_down_post", [second.pk], REASON)
    done(one, "end_post", [first.pk], {"ended_on": make.TODAY.isoformat(), **REASON})
    page = text(one.get(reverse("parties:organisation_people", args=[firm.pk])))
    assert "turned down" in page
    assert re.search(f"ended from (<[^>]*>)?{make.TODAY.isoformat()}", page)


def test_somebody_who_may_not_hold_a_post_is_refused_with_the_reasons_on_the_form() -> None:
    firm = make.organisation(sides=("contractor",), posts=("production_planner",))
    planner = firm.user("production_planner")
    content = {k: v for k, v in make.appointment("quality_manager", "contractor").items() if v}
    page = signed_in(firm.user()).post(
        reverse("parties:propose_post", args=[firm.pk]), content | {"user": planner.username}
    )
    assert "must not be held by one person" in text(page)


def test_a_proposal_is_declined_with_a_reason() -> None:
    registrant, contractor = make.organisation(posts=()), make.organisation(sides=("contractor",), posts=())
    row = make.proposal(registrant, contractor)
    done(signed_in(contractor.user()), "decline_proposal", [row.pk], REASON)
    assert PairProposal.objects.get(pk=row.pk).answer.reason == "示例理由"
    assert not Pair.objects.exists()


def test_a_pair_is_ended_and_says_so() -> None:
    world = make.pair()
    client = signed_in(world.registrant.user())
    done(client, "end_pair", [world.pair.pk], {"ended_on": make.TODAY.isoformat(), **REASON})
    page = text(client.get(reverse("parties:pair", args=[world.pair.pk])))
    assert "示例理由" in page
    again = client.post(
        reverse("parties:end_pair", args=[world.pair.pk]), {"ended_on": make.TODAY.isoformat(), **REASON}
    )
    assert "has ended" in text(again)


def test_permissions_by_name_are_given_and_revoked() -> None:
    world = make.pair()
    client, outsider = signed_in(world.contractor.user()), make.person(username="inspektor")
    content = {
        "user": "inspektor",
        "permission": "read_pair",
        "starts_on": make.TODAY.isoformat(),
        "ends_on": make.TODAY.isoformat(),
        **REASON,
    }
    done(client, "give_grant", [world.pair.pk], content)
    row = Grant.objects.get(user=outsider)
    url = reverse("parties:pair_grants", args=[world.pair.pk])
    assert outsider.printed_name in text(client.get(url))
    make.second_factor(outsider)
    assert world.pair.number in text(signed_in(outsider).get(reverse("parties:account")))
    done(client, "revoke_grant", [row.pk], REASON)
    assert "revoked" in text(client.get(url))


def test_accounts_are_closed_and_opened_again_by_the_administrator() -> None:
    user = make.person(username="geht")
    client = signed_in(make.administrator())
    done(client, "dismiss_account", [user.pk], REASON)
    assert "account closed" in text(client.get(reverse("parties:account_of", args=[user.pk])))
    done(client, "reinstate_account", [user.pk], REASON)
    assert User.objects.get(pk=user.pk).is_active
    page = text(client.get(reverse("parties:accounts"), {"q": "geht"}))
    assert user.printed_name in page
    export = client.get(reverse("parties:accounts"), {"export": "csv", "q": "geht"})
    assert "account open" in export.getvalue().decode()


def test_an_address_is_changed_by_the_administrator_and_never_by_oneself() -> None:
    user = make.person()
    client = signed_in(make.administrator())
    done(client, "change_email", [user.pk], {"email": "other@example.org", **REASON})
    assert "other@example.org" in text(client.get(reverse("parties:account_of", args=[user.pk])))
    own = signed_in(user)
    assert own.get("/account/email/").status_code == 404
    assert own.post("/account/email/", {"action_add": "", "email": "inspector@example.org"}).status_code == 404
    assert User.objects.get(pk=user.pk).email == "other@example.org"


def test_a_join_request_fills_the_form_of_the_administrator() -> None:
    code = make.credit_code()
    Client().post(reverse("parties:join"), request_of(code))
    client = signed_in(make.administrator())
    page = text(client.get(reverse("parties:join_requests")))
    assert code in page
    link = page.partition("/organisations/found/?request=")[2].partition('"')[0]
    assert code in text(client.get(reverse("parties:found_organisation"), {"request": link}))
    assert client.get(reverse("parties:found_organisation"), {"request": "x"}).status_code == 200


def test_a_join_request_of_an_entered_organisation_says_so_to_the_administrator() -> None:
    firm = make.organisation(posts=())
    Client().post(reverse("parties:join"), request_of(firm.uscc))
    page = text(signed_in(make.administrator()).get(reverse("parties:join_requests")))
    assert "entered already" in page


def test_the_administrator_finds_an_organisation_and_sees_who_runs_it() -> None:
    firm = make.organisation("特别公司", posts=())
    client = signed_in(make.administrator(), "zh-hans")
    assert "特别公司" in text(client.get(reverse("parties:organisations"), {"q": firm.uscc}))
    page = text(client.get(reverse("parties:founding", args=[firm.pk])))
    assert firm.user(nth=1).printed_name in page
    assert "由本单位质量人员管理" in page


def test_people_of_several_or_of_no_organisation_get_a_choice_or_an_explanation() -> None:
    outsider = make.person()
    assert "hold no post" in text(signed_in(outsider).get(reverse("parties:organisation_home")))


def test_unknown_kinds_of_base_data_are_not_found() -> None:
    firm = make.organisation(posts=())
    assert signed_in(firm.user()).get(reverse("parties:confirm_version", args=["lot", 1])).status_code == 404


def test_an_unreadable_address_may_not_ask_to_join(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    page = Client().post(reverse("parties:join"), request_of(make.credit_code()), HTTP_X_FORWARDED_FOR="")
    assert page.status_code in {302, 429}


def test_the_first_administrator_comes_from_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", make.PASSWORD)
    out = StringIO()
    arguments = ["root1", "--printed-name", "管理员", "--email", "root1@example.org"]
    call_command("create_administrator", *arguments, stdout=out)
    user = User.objects.get(username="root1")
    assert (user.is_staff, user.is_superuser) == (True, False)
    assert Entry.objects.of_stream(f"user:{user.pk}").count() == 1
    with pytest.raises(CommandError):
        call_command("create_administrator", *arguments)


def test_the_page_to_confirm_shows_what_changes_beside_what_is_in_force() -> None:
    firm = make.organisation(posts=())
    content = {**firm.data.content(), "contact": "前台 0512", "province": firm.data.province}
    version = actions.propose_organisation_version(
        organisation=firm.organisation, content=content, reason="联系方式变更", by=firm.actor(), at=make.AT
    )
    address = reverse("parties:confirm_version", args=["organisation", version.pk])
    page = signed_in(firm.user(nth=1)).get(address).content.decode()
    assert page.count("<del>") == 1
    assert "<ins>前台 0512</ins>" in page
    assert "联系方式变更" in page
    make.confirm(version, firm)
    newest = actions.propose_organisation_version(
        organisation=firm.organisation, content=content, reason="无变化", by=firm.actor(), at=make.AT
    )
    address = reverse("parties:confirm_version", args=["organisation", newest.pk])
    assert "<del>" not in signed_in(firm.user(nth=1)).get(address).content.decode()
