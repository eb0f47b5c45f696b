"""Pages of parties in both languages: onboarding by hand, sentences at fields, disabled buttons, nothing revealed."""

import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cmo.parties.models import JoinRequest, LicenceVersion, Organisation, PairProposal, Post, User
from cmo.parties.views.join import MOST_PER_HOUR
from cmo.signing.models import Signature
from cmo.trail.append_only import suspended
from cmo.trail.models import Entry
from tests import make

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "en")


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders() -> Any:
    with time_machine.travel(make.AT, tick=True):
        yield


def signed_in(user: User, language: str = "en") -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.cookies["django_language"] = language
    return client


def text(response: Any) -> str:
    return response.content.decode()


def signing(client: Client, url: str, password: str = make.PASSWORD) -> Any:
    """Fill the signing panel at ``url`` as its page shows it."""
    form = client.get(url).context["form"]
    data = {"seen_hash": form.initial["seen_hash"], "token": form.initial["token"], "password": password}
    if "accepts_statement" in form.fields:
        data["accepts_statement"] = "on"
    return client.post(url, data)


# ── onboarding ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_organisation_comes_in_and_confirms_its_licence_through_the_pages_alone() -> None:
    admin = signed_in(make.administrator())
    people = []
    for number in (1, 2):
        page = admin.post(
            reverse("parties:create_account"),
            {
                "username": f"qm{number}",
                "printed_name": f"质量{number}",
                "email": f"qm{number}@example.org",
                "language": "zh-hans",
                "password": make.PASSWORD,
            },
        )
        assert page.status_code == 302
        people.append(User.objects.get(username=f"qm{number}"))
    founded = {k: v for k, v in make.organisation_content("丙制造有限公司").items() if v}
    assert admin.post(reverse("parties:found_organisation"), founded).status_code == 302
    pk = Organisation.objects.get().pk
    for user in people:
        post = {k: v for k, v in make.appointment(side="contractor").items() if v} | {"user": user.username}
        assert admin.post(reverse("parties:appoint_founder", args=[pk]), post).status_code == 302
    assert Post.objects.confirmed().count() == 2
    one, two = (signed_in(user) for user in people)
    site = {k: v for k, v in make.site_content().items() if v} | {"reason": "建档"}
    assert one.post(reverse("parties:open_site", args=[pk]), site).status_code == 302
    version = Organisation.objects.get().sites.get().versions.get()
    assert signing(two, reverse("parties:confirm_version", args=["site", version.pk])).status_code == 302
    licence = {k: v for k, v in make.licence_content([version.site]).items() if v}
    licence |= {"kind": "licence", "reason": "建档"}
    assert one.post(reverse("parties:open_licence", args=[pk]), licence).status_code == 302
    row = LicenceVersion.objects.get()
    assert signing(two, reverse("parties:confirm_version", args=["licence", row.pk])).status_code == 302
    assert LicenceVersion.objects.current().get() == row
    assert Signature.objects.count() == 2
    shown = text(two.get(reverse("parties:organisation_licences", args=[pk])))
    assert row.number_printed in shown
    assert "in force" in shown


def test_a_wrong_password_confirms_nothing_and_is_on_the_trail() -> None:
    firm = make.organisation(sides=("contractor",), posts=())
    version = make.licence(firm, confirmed=False)
    client = signed_in(firm.user(nth=1))
    page = signing(client, reverse("parties:confirm_version", args=["licence", version.pk]), "falsch")
    assert page.status_code == 200
    assert "The password is not correct" in text(page)
    assert not LicenceVersion.objects.current().exists()
    assert Entry.objects.filter(stream=firm.stream, verb="signature.failed").count() == 1


def test_confirming_the_own_proposal_shows_the_reason_and_records_the_refusal() -> None:
    firm = make.organisation(sides=("contractor",), posts=())
    version = make.licence(firm, confirmed=False)
    page = signing(signed_in(firm.user(nth=0)), reverse("parties:confirm_version", args=["licence", version.pk]))
    assert "another quality person must" in text(page)
    entry = Entry.objects.of_stream(firm.stream).last().content
    assert (entry["verb"], entry["data"]["codes"]) == ("refused", ["own_proposal"])


# ── sentences at fields ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "No open account has this name."), ("zh-hans", "没有使用该用户名的有效账号。")],
)
def test_an_unknown_person_is_one_sentence_at_the_field_and_nothing_typed_is_lost(language: str, sentence: str) -> None:
    firm = make.organisation(posts=())
    data = {k: v for k, v in make.appointment().items() if v} | {"user": "niemand"}
    data["authorisation_reference"] = "RM-2026-77"
    page = signed_in(firm.user(), language).post(reverse("parties:propose_post", args=[firm.pk]), data)
    errors = page.context["form"].errors
    assert list(errors) == ["user"]
    assert sentence in text(page)
    assert "RM-2026-77" in text(page)
    assert "niemand" in text(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number_printed": "123"}, "number_printed"),
        ({"number_printed": "苏药监械生产许2023号"}, "number_printed"),
        ({"first_day": "31.12.2025"}, "first_day"),
        ({"scope": ["99"]}, "scope"),
        ({"site_ids": ["999999"]}, "site_ids"),
        ({"reason": ""}, "reason"),
        ({"deemed_renewed": "on"}, "renewal_proof"),
        ({"last_day": "2020-01-01"}, "__all__"),
    ],
)
def test_bad_licence_data_get_a_sentence_where_they_were_typed(
    language: str, changes: dict[str, Any], field: str
) -> None:
    firm = make.organisation(sides=("contractor",), posts=())
    data = {k: v for k, v in make.licence_content([make.site(firm)]).items() if v} | {"kind": "licence", "reason": "x"}
    page = signed_in(firm.user(), language).post(reverse("parties:open_licence", args=[firm.pk]), data | changes)
    errors = page.context["form"].errors
    assert list(errors) == [field]
    sentence = errors[field][0]
    assert any("\u4e00" <= sign <= "\u9fff" for sign in sentence) is (language == "zh-hans"), sentence
    assert not LicenceVersion.objects.exists()


def test_a_wrong_credit_code_is_told_at_the_field() -> None:
    page = Client().post(reverse("parties:join"), {"uscc": "9133", "name": "丁公司"})
    assert "uscc" in page.context["form"].errors
    assert "丁公司" in text(page)


# ── joining and proposing reveal nothing ─────────────────────────────────────────────────────────────────────────────


def request_of(code: str) -> dict[str, str]:
    return {
        "name": "丁公司",
        "uscc": code,
        "contact_name": "丁一",
        "contact_email": "d@example.org",
        "message": "",
    }


def test_joining_gives_the_same_answer_for_a_known_and_an_unknown_code() -> None:
    known = make.organisation(posts=()).uscc
    answers = []
    for code in (known, make.credit_code()):
        page = Client().post(reverse("parties:join"), request_of(code), follow=True)
        # The token against forged requests is drawn anew for every page.
        answers.append((page.redirect_chain, page.status_code, re.sub(r'value="\w{64}"', "", text(page))))
    assert answers[0] == answers[1]
    assert JoinRequest.objects.count() == 2
    assert Entry.objects.filter(stream="join-requests").count() == 2


def test_joining_is_limited_per_address() -> None:
    statuses = [
        Client().post(reverse("parties:join"), request_of(make.credit_code()), REMOTE_ADDR="192.0.2.7").status_code
        for _ in range(MOST_PER_HOUR + 1)
    ]
    assert statuses == [302] * MOST_PER_HOUR + [429]
    assert JoinRequest.objects.count() == MOST_PER_HOUR


def test_proposing_a_pair_gives_the_same_answer_for_a_known_and_an_unknown_code() -> None:
    firm, other = make.organisation(posts=()), make.organisation(sides=("contractor",), posts=())
    client = signed_in(firm.user())
    pages = []
    for code in (other.uscc, make.credit_code()):
        data = {"proposer_side": "registrant", "counterpart_name": "乙公司", "counterpart_uscc": code, "message": ""}
        page = client.post(reverse("parties:propose_pair"), data, follow=True)
        pages.append((page.redirect_chain, [str(m) for m in page.context["messages"]]))
    assert pages[0] == pages[1]
    assert PairProposal.objects.count() == 2


def test_a_proposal_is_seen_and_answered_by_the_addressed_organisation_only() -> None:
    registrant, contractor = make.organisation(posts=()), make.organisation(sides=("contractor",), posts=())
    stranger = make.organisation(sides=("contractor",), posts=())
    row = make.proposal(registrant, contractor)
    accept = reverse("parties:accept_proposal", args=[row.pk])
    assert "Proposals to us" in text(signed_in(contractor.user()).get(reverse("parties:pairs")))
    assert "Proposals to us" not in text(signed_in(stranger.user()).get(reverse("parties:pairs")))
    assert signed_in(stranger.user()).post(accept).status_code == 404
    page = signed_in(contractor.user()).post(accept, follow=True)
    assert page.status_code == 200
    again = signed_in(contractor.user()).post(accept, follow=True)
    assert "no such open proposal" in text(again)


# ── what may not be done ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("language", "words"), [("en", "quality manager"), ("zh-hans", "质量负责人")])
def test_a_button_that_somebody_may_not_use_names_who_may(language: str, words: str) -> None:
    world = make.pair()
    page = text(signed_in(world.registrant.user("viewer"), language).get(reverse("parties:pair", args=[world.pair.pk])))
    blocked = page.partition('class="blocked-reasons"')[2].partition("</ul>")[0]
    assert words in blocked


def test_an_act_without_the_post_is_a_403_and_on_the_trail() -> None:
    world = make.pair()
    version = make.licence(world.contractor)
    client = signed_in(world.contractor.user())
    page = client.post(reverse("parties:accept_licence", args=[world.pair.pk, version.pk]))
    assert page.status_code == 403
    entry = Entry.objects.of_stream(world.pair.stream).last().content
    assert entry["data"]["attempted"] == "pair.licence_accepted"
    assert entry["by_post"] == "quality_manager"


def test_a_refused_post_without_a_form_tells_the_reason_on_the_next_page() -> None:
    world = make.pair()
    version = make.licence(world.contractor)
    make.accepted_licence(world, version)
    url = reverse("parties:accept_licence", args=[world.pair.pk, version.pk])
    page = signed_in(world.registrant.user()).post(url, follow=True)
    assert "accepted already" in text(page)


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("language", "words"), [("en", ("Pairs", "in force")), ("zh-hans", ("委托关系", "现行有效"))])
def test_the_list_of_pairs_speaks_the_readers_language(language: str, words: tuple[str, ...]) -> None:
    world = make.pair()
    page = text(signed_in(world.registrant.user(), language).get(reverse("parties:pairs")))
    assert all(word in page for word in (*words, world.pair.number))


def test_the_list_of_pairs_takes_the_same_queries_for_one_and_many() -> None:
    firm = make.organisation(posts=())
    make.pair(firm, posts=())

    def count() -> int:
        client = signed_in(firm.user())
        client.get(reverse("parties:pairs"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse("parties:pairs")).status_code == 200
        return len(queries)

    few = count()
    for _ in range(4):
        make.pair(firm, posts=())
    assert count() == few


def test_filters_find_a_pair_by_name_code_side_and_state() -> None:
    firm = make.organisation(posts=())
    one = make.pair(firm, make.organisation("杭州恒筑", sides=("contractor",), posts=()))
    two = make.pair(firm, make.organisation("苏州博源", sides=("contractor",), posts=()))
    client = signed_in(firm.user())

    def found(**query: str) -> list[bool]:
        page = text(client.get(reverse("parties:pairs"), query))
        return [one.pair.number in page, two.pair.number in page]

    assert found(q="恒筑") == [True, False]
    assert found(q=two.contractor.uscc) == [False, True]
    assert found(side="contractor") == [False, False]
    assert found(state="ended") == [False, False]
    assert found(state="open") == [True, True]


def test_the_export_of_pairs_is_harmless_to_spreadsheets() -> None:
    firm = make.organisation("甲公司", name_en="=HYPERLINK(1)", posts=())
    make.pair(firm, posts=())
    page = signed_in(firm.user()).get(reverse("parties:pairs"), {"export": "csv"})
    rows = page.getvalue().decode()
    assert "'=HYPERLINK(1)" in rows


def test_licences_as_of_an_earlier_day_show_what_was_known_then() -> None:
    firm = make.organisation(sides=("contractor",), posts=())
    first = make.licence(firm)
    make.new_licence_version(first, firm, number_printed="浙药监械生产许20239999号")
    client, url = signed_in(firm.user()), reverse("parties:organisation_licences", args=[firm.pk])
    before = text(client.get(url, {"as_of": "2026-05-31"}))
    assert first.number_printed in before
    assert "20239999" not in before
    assert "20239999" in text(client.get(url))
    assert client.get(url, {"as_of": "gestern"}).status_code == 200


def test_an_empty_key_post_is_named_on_the_page_of_the_pair() -> None:
    world = make.pair(make.organisation(posts=("signatory",)))
    page = text(signed_in(world.contractor.user()).get(reverse("parties:pair", args=[world.pair.pk])))
    assert "market releaser empty" in page
    assert "authorised signatory empty" not in page


def test_an_outsider_with_a_grant_sees_that_pair_and_nothing_else() -> None:
    world, other = make.pair(), make.pair()
    row = make.grant(world)
    client = signed_in(row.user)
    assert world.pair.number in text(client.get(reverse("parties:pairs")))
    assert client.get(reverse("parties:pair", args=[world.pair.pk])).status_code == 200
    assert client.get(reverse("parties:pair", args=[other.pair.pk])).status_code == 404
    assert client.get(reverse("parties:organisation", args=[world.registrant.pk])).status_code == 404


def test_the_language_is_kept_with_the_account_and_in_the_browser() -> None:
    user = make.person()
    client = signed_in(user, "zh-hans")
    page = client.post(reverse("parties:change_language"), {"language": "en"}, follow=True)
    assert User.objects.get(pk=user.pk).language == "en"
    assert "My posts and signatures" in text(page)
    wrong = client.post(reverse("parties:change_language"), {"language": "fr"})
    assert "language" in wrong.context["form"].errors


# ── trail ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_trail_reads_as_sentences_in_both_languages() -> None:
    world = make.pair()
    url = reverse("parties:pair_trail", args=[world.pair.pk])
    assert f"{world.pair.number} was accepted" in text(signed_in(world.registrant.user(), "en").get(url))
    assert f"接受建立委托关系：{world.pair.number}" in text(signed_in(world.registrant.user(), "zh-hans").get(url))


def test_the_trail_shows_own_streams_only_and_filters() -> None:
    world, other = make.pair(), make.pair()
    client = signed_in(world.registrant.user())

    def found(**query: str) -> str:
        return text(client.get(reverse("parties:trail"), query))

    assert world.pair.number in found(verb="pair.accepted")
    assert other.pair.number not in found(verb="pair.accepted")
    assert other.pair.number not in found(stream=other.pair.stream)
    assert world.pair.number not in found(verb="pair.ended")
    assert world.pair.number in found(person=world.contractor.user().printed_name)
    assert world.pair.number in found(q=world.pair.number)
    founded = make.FOUNDED.date().isoformat()
    assert world.pair.number in found(since=founded, until=founded, verb="pair.accepted")
    assert world.pair.number not in found(since=make.TODAY.isoformat(), verb="pair.accepted")


def test_older_entries_are_a_click_away() -> None:
    firm = make.organisation()
    client = signed_in(firm.user())
    for number in range(45):
        make.open_post(firm, "viewer", authorisation_reference=f"RM-{number}")
    first = client.get(reverse("parties:trail"))
    second = client.get(reverse("parties:trail"), {"before": first.context["older"]})
    shown = [line.hash for page in (first, second) for line in page.context["entries"]]
    assert len(shown) == len(set(shown)) > 50


def test_checking_a_chain_says_whether_it_is_intact_and_where_it_is_broken() -> None:
    world = make.pair()
    client, url = signed_in(world.registrant.user()), reverse("parties:verify_chain")
    assert "is intact" in text(client.post(url, {"stream": world.pair.stream}))
    entry = Entry.objects.of_stream(world.pair.stream).first()
    with suspended(connection), connection.cursor() as cursor:
        payload = entry.payload.replace(world.pair.number, "WT2026-1")
        cursor.execute("UPDATE trail_entry SET payload = %s WHERE id = %s", [payload, entry.pk])
    broken = text(client.post(url, {"stream": world.pair.stream}))
    assert "is broken at entry 1" in broken
    assert "This entry was altered." in broken


@pytest.mark.parametrize("stream", ["", "pair:999999", "sign-in", "organisation:999999"])
def test_a_chain_that_is_not_ones_own_cannot_be_checked(stream: str) -> None:
    firm = make.organisation(posts=())
    assert signed_in(firm.user()).post(reverse("parties:verify_chain"), {"stream": stream}).status_code == 404


def test_administrators_read_the_streams_of_accounts_and_of_the_door() -> None:
    firm = make.organisation(posts=())
    Client().post(reverse("parties:join"), request_of(make.credit_code()))
    client = signed_in(make.administrator())
    page = text(client.get(reverse("parties:trail")))
    assert "account was created" in page
    assert "was received" in page
    assert firm.data.name_zh not in page
    assert client.get(reverse("parties:account_of", args=[firm.user().pk])).status_code == 200
