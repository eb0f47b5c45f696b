"""The house in a real browser: two organisations come in, confirm base data with signatures, form a pair, and everybody
reads a trail whose chain is intact. In 中文 on SQLite, in English on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command

from cmo import clock
from cmo.parties.models import Licence, LicenceAcceptance, Organisation, Pair, SiteVersion
from cmo.signing.models import Acceptance, Signature
from cmo.trail.models import Entry
from tests import make
from tests.browser import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]

REGISTRANT, CONTRACTOR = "示例清禾医疗科技有限公司", "示例远帆精密制造有限公司"
SITE, LICENCE = "远帆一厂", "浙药监械生产许20230188号"


def test_two_organisations_come_in_form_a_pair_and_verify_their_trail(people: Callable[..., Person], capsys) -> None:
    """What the first day of two organisations looks like, click by click."""
    make.administrator("admin")
    admin = people("admin")
    codes = {name: make.credit_code() for name in (REGISTRANT, CONTRACTOR)}
    for name, side, accounts in (
        (REGISTRANT, "registrant", ("qinghe.1", "qinghe.2")),
        (CONTRACTOR, "contractor", ("yuanfan.1", "yuanfan.2")),
    ):
        _found(admin, name, codes[name], side, accounts)

    first, second = _manager(people, "yuanfan.1"), _manager(people, "yuanfan.2")
    buyer, other_buyer = _manager(people, "qinghe.1"), _manager(people, "qinghe.2")
    firm = Organisation.objects.get(versions__name_zh=CONTRACTOR)
    _enter_site(first, second, firm)
    _enter_licence(first, second, firm)
    pair = _form_pair(buyer, second, codes[CONTRACTOR])
    _accept_licence(buyer, pair)

    for person in (first, second, buyer, other_buyer):
        _read_and_verify(person, pair)
    _foreign_pages_do_not_exist(buyer, firm)

    assert Acceptance.objects.count() == 4
    assert Signature.objects.count() == 2
    call_command("verify_trail", "--json")
    verdict = json.loads(capsys.readouterr().out)
    assert (verdict["ok"], verdict["entries"]) == (True, Entry.objects.count())


def _found(admin: Person, name: str, code: str, side: str, accounts: tuple[str, str]) -> None:
    """The administrator enters the organisation and appoints its first two quality managers."""
    for account in accounts:
        admin.visit("parties:accounts").press("Create an account")
        admin.fill("user name", account).fill("printed name", f"示例{account}")
        admin.fill("e-mail", f"{account}@example.org").fill("first password", make.PASSWORD)
        admin.choose("language", admin.language).press("Create the account")
        assert admin.at("parties:account_of", admin.number)
    admin.visit("parties:organisations").press("Enter an organisation")
    admin.fill("unified social credit code", code[:-1] + ("0" if code[-1] != "0" else "1"))
    admin.fill("name (Chinese)", name).choose("province", "浙")
    admin.fill("registered address (Chinese)", "浙江省杭州市示例区一号路 1 号").fill("legal representative", "示例人")
    admin.press("Enter the organisation")
    # A mistyped code is refused at its field, and nothing that was typed is lost.
    assert admin.page.locator("#id_uscc_error").count() == 1
    assert admin.page.locator("#id_name_zh").input_value() == name
    admin.fill("unified social credit code", code).press("Enter the organisation")
    admin.sees("Entered. Now appoint its first two quality managers.", "needs two quality managers")
    for account in accounts:
        admin.press("Appoint a quality manager")
        admin.fill("user name of the person", account).choose("side", side)
        admin.fill("reference of the written authorisation", "任命书 RM-01")
        admin.press("Appoint the quality manager")
    admin.sees("run by its own quality")


def _manager(people: Callable[..., Person], account: str) -> Person:
    """Signs in and accepts the statement on electronic signatures."""
    person = people(account).visit("signing:statement")
    return person.press("Accept this statement").visit("home:inbox").sees("There is no pair yet.")


def _enter_site(first: Person, second: Person, firm: Organisation) -> None:
    first.visit("parties:organisation_sites", firm.pk).press("Enter a production site")
    first.fill("site name (Chinese)", SITE).choose("province", "浙")
    first.fill("production address (Chinese)", "浙江省杭州市示例区二号路 2 号").fill("Reason", "建档")
    first.press("Enter a production site")
    # Whoever proposed it sees why the button is locked; the second quality person signs.
    first.visit("parties:organisation_sites", firm.pk)
    assert first.page.locator("details.blocked-action", has_text=first.say("Check and confirm")).count() == 1
    second.visit("parties:organisation_sites", firm.pk).press("Check and confirm", within=SITE)
    second.sign("not-my-password")
    second.sees("The password is not correct. Nothing was signed.")
    second.sign()
    second.sees(SITE, "in use")
    assert SiteVersion.objects.current().get().name_zh == SITE


def _enter_licence(first: Person, second: Person, firm: Organisation) -> None:
    today = clock.today()
    first.visit("parties:organisation_licences", firm.pk).press("Enter a production licence or filing")
    first.fill("licence or filing number", "许20230188").fill("first day of validity", today - timedelta(days=900))
    first.fill("last day of validity", today + timedelta(days=900)).tick("13", SITE)
    first.fill("last passed QMS inspection", today - timedelta(days=200)).fill("Reason", "建档")
    first.press("Enter a production licence or filing")
    assert first.page.locator("#id_number_printed_error").count() == 1
    first.fill("licence or filing number", LICENCE).press("Enter a production licence or filing")
    second.visit("parties:organisation_licences", firm.pk).press("Check and confirm", within=LICENCE)
    second.sees(LICENCE).sign()
    second.sees(LICENCE, "in force")


def _form_pair(buyer: Person, answering: Person, code: str) -> Pair:
    buyer.visit("parties:pairs").press("Propose a pair")
    buyer.fill("counterpart's name", CONTRACTOR).fill("counterpart's unified social credit code", code)
    buyer.fill("message", "拟开展委托生产。").press("Propose the pair")
    buyer.sees("Waiting for the other side", CONTRACTOR)
    # The answer waits in the contractor's inbox.
    answering.visit("home:inbox").sees(REGISTRANT)
    answering.visit("parties:pairs").press("Accept the pair", within=REGISTRANT)
    return Pair.objects.get()


def _accept_licence(buyer: Person, pair: Pair) -> None:
    buyer.visit("parties:pair_licences", pair.pk).press("Accept this licence", within=LICENCE)
    buyer.sees("accepted")
    assert LicenceAcceptance.objects.get().version.licence.kind == Licence.Kind.LICENCE


def _read_and_verify(person: Person, pair: Pair) -> None:
    person.visit("parties:pair_trail", pair.pk).press("Verify this chain")
    entries = Entry.objects.filter(stream=pair.stream).count()
    person.sees("chain intact", pair.number)
    assert person.page.locator(".trail-entry").count() == entries
    assert person.page.locator(".note.tone-good").count() == 1


def _foreign_pages_do_not_exist(person: Person, firm: Organisation) -> None:
    answer = person.page.request.get(person.address + f"/organisation/{firm.pk}/")
    assert answer.status == 404
