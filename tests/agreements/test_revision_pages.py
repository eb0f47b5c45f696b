"""Pages of revisions: what is compared and superseded, how it is signed and ended, documents, and the public check."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from agreements import actions
from agreements.documents import files
from agreements.models import AgreementRevision, RevisionEvent
from agreements.termination import proposed
from cmo import clock
from cmo.signing.facts import signatures_under
from cmo.signing.statement import STATEMENT
from cmo.trail import append_only
from cmo.trail.models import Entry
from tests import make
from tests.agreements import build
from tests.agreements.build import AT, TODAY, C, R
from tests.agreements.test_pages import client_of, page, posted, signing, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: AT)
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def world() -> build.World:
    return build.world()


def said(client: Client, name: str, pk: int, **query: Any) -> str:
    """What a page says, without its markup."""
    return " ".join(html.unescape(strip_tags(page(client, name, pk, **query))).split())


def amended(world: build.World) -> tuple[AgreementRevision, AgreementRevision]:
    """A concluded agreement and its concluded amendment of one clause."""
    first = build.concluded(world, [world.entrust()])
    clause = build.clause(first.agreement, "recall")
    text = {"heading_zh": "召回", "heading_en": "Recall", "text_zh": f"{clause.text_zh}改", "text_en": "Recall anew."}
    actions.edit_draft_clause(clause=clause, seen_edition=1, content=text, by=world.by(), at=AT)
    second = build.next_revision(world, first.agreement)
    for side in (R, C):
        build.sign(world, second, side)
    return first, second


def test_a_superseded_clause_is_marked_and_leads_to_what_replaced_it(world: build.World) -> None:
    first, second = amended(world)
    client = client_of(world)
    shown = said(client, "revision", first.pk)
    assert shown.count("superseded by revision 2") == 1
    link = f"{url('compare', first.agreement_id)}?from=1&amp;to=2#clauses-recall"
    assert link in client.get(url("revision", first.pk)).content.decode()
    later = said(client, "revision", second.pk)
    assert "superseded by" not in later
    assert "1 clause changed" in later
    assert "RM-2026-01" in later


def test_any_two_texts_are_compared_and_the_draft_with_any_of_them(world: build.World) -> None:
    first, _second = amended(world)
    client = client_of(world)
    compared = said(client, "compare", first.agreement_id, **{"from": "1", "to": "2"})
    assert "1 clause changed" in compared
    assert "Recall anew." in compared
    assert "Sub-entrusting" not in compared
    back = said(client, "compare", first.agreement_id, **{"from": "2", "to": "1"})
    assert "1 clause changed" in back
    assert "Both texts are the same." in said(client, "compare", first.agreement_id, **{"from": "2", "to": "draft"})
    whole = said(client, "compare", first.agreement_id, **{"from": "1", "to": "2", "show": "all"})
    assert len(whole) > 5 * len(compared)
    assert "Choose two texts" in said(client, "compare", first.agreement_id, **{"from": "1", "to": "9"})


def test_the_signing_page_shows_order_authorisation_and_the_statement(world: build.World) -> None:
    revision = build.offered(world, [world.entrust()])
    shown = said(client_of(world, R, "signatory"), "sign", revision.pk)
    for words in ("in any order", "RM-2026-01", STATEMENT["en"], "agrees to be bound by this agreement"):
        assert words in shown


def test_whose_turn_it_is_stands_on_the_page_and_at_the_button(world: build.World) -> None:
    row = build.agreement(world, [world.entrust()])
    row.draft.signing_order = "contractor_first"
    row.draft.save()
    revision = actions.offer_for_signature(agreement=row, by=world.by(), at=AT)
    shown = said(client_of(world, R, "signatory"), "revision", revision.pk)
    assert "By the agreed order the contractor signs first." in shown
    assert shown.count("Signs after the other side") == 1
    assert "By the agreed order" not in said(client_of(world, C, "signatory"), "revision", revision.pk)


def test_a_notice_is_worded_shown_and_signed_in_one_go(world: build.World) -> None:
    revision = build.concluded(world, [world.entrust()])
    client, day = client_of(world, C, "signatory"), (TODAY + timedelta(days=9)).isoformat()
    typed = {"ended_on": day, **build.NOTICE}
    past = posted(client, "terminate", revision.pk, **typed | {"ended_on": "2026-05-31"}).content.decode()
    assert "lies in the past" in past
    panel = posted(client, "terminate", revision.pk, **typed)
    assert build.NOTICE["post_market"] in panel.content.decode()
    form = panel.context["form"]
    tokens = {field: form.initial[field] for field in ("seen_hash", "token")}
    other = typed | {"reason": "另一原因"}
    changed = posted(client, "terminate", revision.pk, **other, **tokens, password=make.PASSWORD)
    assert changed.status_code == 200
    assert not RevisionEvent.objects.exists()
    form = posted(client, "terminate", revision.pk, **typed).context["form"]
    tokens = {field: form.initial[field] for field in ("seen_hash", "token")}
    assert posted(client, "terminate", revision.pk, **typed, **tokens, password=make.PASSWORD).status_code == 302
    shown = said(client, "revision", revision.pk)
    for words in ("Notice of termination", "gives notice and terminates this agreement", *build.NOTICE.values()):
        assert words in shown
    assert "in force, notice given" in shown


def test_an_end_is_proposed_in_both_languages_and_signed_by_both(world: build.World) -> None:
    revision = build.concluded(world, [world.entrust()])
    client = client_of(world, C)
    matters = {f"{row.key}_{lang}": getattr(row, f"text_{lang}") for row in proposed()[1] for lang in ("zh", "en")}
    end = (TODAY + timedelta(days=60)).isoformat()
    empty = posted(client, "offer_termination", revision.agreement_id, ended_on=end, **matters | {"records_en": ""})
    assert empty.status_code == 200
    late = posted(client, "offer_termination", revision.agreement_id, ended_on="2030-01-01", **matters)
    assert "it has run out by then" in late.content.decode()
    posted(client, "offer_termination", revision.agreement_id, ended_on=end, **matters)
    last = AgreementRevision.objects.get(kind="termination")
    for side in (R, C):
        assert signing(client_of(world, side, "signatory"), "sign", last.pk).status_code == 302
    assert f"terminated from {end} on" in said(client, "agreement", revision.agreement_id)
    shown = said(client, "revision", revision.pk)
    assert "Ended by" in shown
    assert "Open deviations and CAPA" in said(client, "revision", last.pk)


def test_a_renewal_begins_the_day_after_the_last_and_an_amendment_from_any_text(world: build.World) -> None:
    first = build.concluded(world, [entrustment := world.entrust()])
    client = client_of(world)
    form = client.get(url("begin_renewal", first.agreement_id)).context["form"]
    assert form.initial["starts_on"] == first.ends_on + timedelta(days=1)
    assert form.initial["entrustments"] == [entrustment.pk]
    terms = {"starts_on": "2028-06-01", "ends_on": "2029-05-31", "entrustments": [entrustment.pk]}
    answer = posted(client, "begin_renewal", first.agreement_id, **terms)
    assert answer["Location"] == url("draft", first.agreement_id)
    assert posted(client, "restore_draft", first.pk)["Location"] == url("draft", first.agreement_id)
    verbs = list(Entry.objects.filter(stream=world.pair.stream).order_by("seq").values_list("verb", flat=True))
    assert verbs[-2:] == ["agreement.renewal_begun", "agreement.draft_restored"]


# ── documents ───────────────────────────────────────────────────────────────────────────────────────────────────────


def document(client: Client, revision: AgreementRevision, language: str = "zh", kind: str = "pdf") -> Any:
    kwargs = {"pk": revision.pk, "language": language, "kind": kind}
    return client.get(reverse("agreements:document", kwargs=kwargs))


def test_a_taken_document_is_what_the_command_writes_and_stands_on_the_takers_stream(
    world: build.World, tmp_path: Any
) -> None:
    revision = build.concluded(world, [world.entrust()])
    call_command("agreement_documents", str(revision.pk), "--out", tmp_path, stdout=StringIO())
    client = client_of(world, C, "viewer")
    for language, kind, suffix in (("zh", "pdf", "zh.pdf"), ("both", "docx", "zh-en.docx")):
        answer = document(client, revision, language, kind)
        name = f"{str(revision).replace('/', '-')}.{suffix}"
        assert answer.content == (tmp_path / name).read_bytes()
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        taken = Entry.objects.filter(verb="agreement.document_taken").latest("id")
        viewer = world.relation.contractor.user("viewer", C)
        assert taken.stream == f"user:{viewer.pk}"
        assert taken.content["data"]["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert "had a document taken" not in said(client_of(world), "revision", revision.pk)
    assert document(client_of(build.world()), revision).status_code == 404


def test_a_kept_document_is_used_again_until_something_on_it_changes(
    world: build.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = build.offered(world, [world.entrust()])
    client = client_of(world)
    written: list[Any] = []
    render = files.rendered

    def rendered(*args: Any) -> bytes:
        written.append(args)
        return render(*args)

    monkeypatch.setattr(files, "rendered", rendered)
    first = document(client, revision).content
    assert document(client, revision).content == first
    assert len(written) == 1
    build.sign(world, revision, R)
    assert document(client, revision).content != first
    assert len(written) == 2


# ── the public check ────────────────────────────────────────────────────────────────────────────────────────────────


def test_anybody_with_the_printed_address_checks_a_signature_without_reading_the_agreement(world: build.World) -> None:
    revision = build.concluded(world, [world.entrust()])
    event = build.give_notice(world, revision, reason="极为机密的原因")
    ((given, _other),) = signatures_under([revision]).values()
    ((noticed,),) = signatures_under([event]).values()
    for state, meaning in ((given, "agrees to be bound"), (noticed, "gives notice and terminates")):
        shown = checked(state.url)
        for words in (state.name, meaning, state.hash, "2026-06-01 09:00 (UTC+8)", "unchanged"):
            assert words in shown
        for secret in ("极为机密的原因", world.pair.number, "Hip prosthesis", str(revision), *build.NOTICE.values()):
            assert secret not in shown
    with append_only.suspended():
        RevisionEvent.objects.filter(pk=event.pk).update(reason="另一原因")
        AgreementRevision.objects.filter(pk=revision.pk).update(body=revision.body.replace("market", "mark3t", 1))
    assert all("Void: the record differs" in checked(state.url) for state in (given, noticed))


def checked(address: str) -> str:
    answer = Client(headers={"accept-language": "en"}).get(address)
    assert answer.status_code == 200
    return strip_tags(answer.content.decode())


def test_the_second_signature_concludes_the_agreement_and_says_from_which_day_it_is_in_force(
    world: build.World,
) -> None:
    revision = build.offered(world, [world.entrust()], starts_on=TODAY - timedelta(days=6))
    first, second = client_of(world, R, "signatory"), client_of(world, C, "signatory")
    signing(first, "sign", revision.pk)
    shown = said(first, "revision", revision.pk)
    assert "The agreement is not concluded before the other side has signed." in shown
    assert "in effect from" not in shown
    signing(second, "sign", revision.pk)
    shown = said(second, "revision", revision.pk)
    today = TODAY.isoformat()
    assert f"You signed as the second party: {revision} is concluded, in force from {today}." in shown
    assert f"in effect from {today}agreed term {revision.starts_on.isoformat()}" in shown
    assert f"Concluded on{today}" in shown


def test_an_agreement_signed_ahead_is_in_force_from_the_first_day_of_its_term(world: build.World) -> None:
    ahead = TODAY + timedelta(days=9)
    revision = build.concluded(world, [world.entrust()], starts_on=ahead)
    shown = said(client_of(world), "revision", revision.pk)
    assert f"in effect from {ahead.isoformat()}" in shown
    assert f"Concluded on{TODAY.isoformat()}" in shown


def test_the_trail_tells_the_signature_from_what_it_did_and_names_side_and_conclusion(world: build.World) -> None:
    revision = build.concluded(world, [world.entrust()])
    shown = said(client_of(world), "revision", revision.pk)
    assert shown.count(f"{revision} (registrant side) was signed for one side") == 1
    assert shown.count(f"{revision} (contractor side, now concluded) was signed for one side") == 1
    assert shown.count(f"{revision} had an electronic signature given under it") == 2
