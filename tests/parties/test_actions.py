"""Actions of parties: what they write, what they put on the trail, and what they refuse."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from cmo.errors import Refused
from cmo.parties import actions
from cmo.parties.access import scope_of, visible_organisations, visible_pairs
from cmo.parties.facts import current_licences, names_of
from cmo.parties.models import (
    Grant,
    LicenceVersion,
    OrganisationVersion,
    Pair,
    PairUserObjectPermission,
    Post,
    User,
)
from cmo.parties.versions import end_of_day
from cmo.signing.facts import signatures_under
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make

pytestmark = pytest.mark.django_db


def last_entry(stream: str) -> dict[str, Any]:
    return Entry.objects.of_stream(stream).last().content


def refused(call: Callable[[], Any]) -> list[str]:
    """The codes with which an action refuses; nothing may have been written."""
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.codes


# ── organisations ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_founding_enters_confirmed_data_and_an_entry_in_the_organisations_stream() -> None:
    content = make.organisation_content("甲公司")
    row = actions.found_organisation(content=content, by=make.administrator_actor(), at=make.AT)
    assert names_of([row.pk])[row.pk].uscc == content["uscc"]
    assert last_entry(f"organisation:{row.pk}")["verb"] == "organisation.founded"


def test_a_credit_code_is_entered_once() -> None:
    content = make.organisation_content()
    by = make.administrator_actor()
    actions.found_organisation(content=content, by=by, at=make.AT)
    assert refused(lambda: actions.found_organisation(content=content, by=by, at=make.AT)) == ["uscc_taken"]


def test_nobody_but_an_administrator_founds_organisations_or_makes_accounts() -> None:
    firm = make.organisation(posts=())
    by = firm.actor()
    with pytest.raises(PermissionDenied):
        actions.found_organisation(content=make.organisation_content(), by=by, at=make.AT)
    with pytest.raises(PermissionDenied):
        actions.create_account(
            username="x", printed_name="x", email="x@example.org", password=make.PASSWORD, by=by, at=make.AT
        )


def test_an_administrator_who_was_closed_meanwhile_does_nothing_more() -> None:
    by = make.administrator_actor()
    User.objects.filter(pk=by.user_id).update(is_active=False)
    with pytest.raises(PermissionDenied):
        actions.found_organisation(content=make.organisation_content(), by=by, at=make.AT)


def test_people_do_not_make_administrators() -> None:
    with pytest.raises(PermissionDenied):
        actions.create_administrator(
            username="second",
            printed_name="二号",
            email="second@example.org",
            password=make.PASSWORD,
            at=make.AT,
            by=make.administrator_actor(),
        )


@pytest.mark.parametrize("password", ["short", "password123", "1234567890"])
def test_a_weak_first_password_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        actions.create_account(
            username="weak",
            printed_name="某人",
            email="weak@example.org",
            password=password,
            by=make.administrator_actor(),
            at=make.AT,
        )
    assert not User.objects.filter(username="weak").exists()


# ── versions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def propose(firm: make.Firm, **changes: Any) -> OrganisationVersion:
    content = {**make.organisation_content(), "uscc": firm.uscc, **changes}
    return actions.propose_organisation_version(
        organisation=firm.organisation, content=content, reason="名称变更", by=firm.actor(), at=make.AT
    )


def test_a_version_counts_only_after_another_quality_person_has_signed_it() -> None:
    firm = make.organisation(posts=())
    version = propose(firm, name_zh="新名称")
    assert firm.data.name_zh != "新名称"
    assert refused(lambda: make.confirm(version, firm, nth=0)) == ["own_proposal"]
    make.confirm(version, firm)
    assert firm.data.pk == version.pk
    state = signatures_under([version])[f"parties.organisationversion:{version.pk}"][0]
    assert (state.void, state.signature.signer_id) == (False, firm.user(nth=1).pk)
    assert last_entry(firm.stream)["verb"] == "organisation.version_confirmed"
    assert verify([firm.stream]).ok


def test_a_version_is_decided_once() -> None:
    firm = make.organisation(posts=())
    version = propose(firm)
    make.confirm(version, firm)
    assert refused(lambda: make.confirm(version, firm)) == ["already_decided", "overtaken"]
    by = firm.actor(nth=1)
    assert "already_decided" in refused(
        lambda: actions.turn_down_version(version=version, reason="误", by=by, at=make.AT)
    )


def test_a_version_behind_a_later_confirmed_one_is_overtaken() -> None:
    firm = make.organisation(posts=())
    first, second = propose(firm, contact="一"), propose(firm, contact="二")
    make.confirm(second, firm)
    assert refused(lambda: make.confirm(first, firm)) == ["overtaken"]


def test_confirming_rolls_back_when_the_page_showed_another_content() -> None:
    firm = make.organisation(posts=())
    version = propose(firm)
    wrong = make.Proof(method="password", seen_hash="0" * 64)
    call = lambda: actions.confirm_version(version=version, proof=wrong, by=firm.actor(nth=1), at=make.AT)  # noqa: E731
    assert refused(call) == ["record_changed"]
    assert OrganisationVersion.objects.undecided().filter(pk=version.pk).exists()


def test_turning_down_keeps_the_reason_and_the_data_in_force() -> None:
    firm = make.organisation(posts=())
    before, version, by = firm.data.pk, propose(firm), firm.actor(nth=1)
    assert refused(lambda: actions.turn_down_version(version=version, reason=" ", by=by, at=make.AT)) == [
        "reason_missing"
    ]
    actions.turn_down_version(version=version, reason="住所有误", by=by, at=make.AT)
    assert firm.data.pk == before
    assert last_entry(firm.stream)["reason"] == "住所有误"


def test_a_viewer_neither_proposes_nor_confirms() -> None:
    firm = make.organisation(posts=("viewer",))
    viewer = firm.actor("viewer")
    with pytest.raises(PermissionDenied):
        actions.propose_organisation_version(
            organisation=firm.organisation, content=firm.data.content(), reason="x", by=viewer, at=make.AT
        )
    version = propose(firm)
    with pytest.raises(PermissionDenied):
        actions.confirm_version(version=version, proof=make.proof(version), by=viewer, at=make.AT)


def test_a_quality_manager_whose_post_ended_today_confirms_nothing() -> None:
    firm = make.organisation(posts=())
    version, by = propose(firm), firm.actor(nth=1)
    post = Post.objects.get(user_id=by.user_id)
    actions.end_post(post=post, ended_on=make.TODAY, reason="调岗", by=firm.actor(), at=make.AT)
    with pytest.raises(PermissionDenied):
        actions.confirm_version(version=version, proof=make.proof(version), by=by, at=make.AT)


def test_the_organisation_cannot_change_its_credit_code() -> None:
    firm = make.organisation(posts=())
    assert refused(lambda: propose(firm, uscc=make.credit_code())) == ["uscc_fixed"]


def test_confirmed_rows_refuse_raw_sql() -> None:
    firm = make.organisation(posts=())
    for sql in ("UPDATE parties_organisationversion SET name_zh = 'x'", "DELETE FROM parties_post"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert firm.data.name_zh != "x"


# ── licences ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_licence_names_own_sites_only() -> None:
    firm, other = make.organisation(sides=("contractor",), posts=()), make.organisation(posts=())
    foreign = make.site(other)
    assert refused(lambda: make.licence(firm, sites=[foreign])) == ["site_unknown"]
    assert refused(lambda: make.licence(firm, sites=[])) == ["site_unknown"]


def test_a_last_day_before_the_first_is_one_sentence_about_that() -> None:
    firm = make.organisation(sides=("contractor",), posts=())
    with pytest.raises(ValidationError) as caught:
        make.licence(firm, last_day=date(2023, 5, 31))
    assert len(caught.value.messages) == 1


def test_reading_as_of_a_day_tells_what_was_known_at_its_end() -> None:
    firm = make.organisation(sides=("contractor",), posts=())
    first = make.licence(firm)
    second = make.new_licence_version(first, firm, last_day=date(2034, 5, 31))
    known = lambda day: [v.pk for v in current_licences([firm.pk], end_of_day(day))]  # noqa: E731
    assert known(make.TODAY - timedelta(days=31)) == []
    assert known(make.TODAY - timedelta(days=1)) == [first.pk]
    assert known(make.TODAY) == [second.pk]


def test_a_deemed_renewal_stands_after_the_last_day() -> None:
    firm = make.organisation(sides=("contractor",), posts=())
    version = make.licence(
        firm,
        last_day=date(2026, 5, 31),
        deemed_renewed=True,
        renewal_filed_on=date(2026, 3, 1),
        renewal_proof="受理2026-1",
    )
    assert version.valid_on(date(2026, 8, 1))
    assert not make.licence(firm, last_day=date(2026, 5, 31)).valid_on(date(2026, 6, 1))


# ── posts and accounts ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_appointment_counts_after_confirmation_and_gives_its_side() -> None:
    firm = make.organisation(posts=())
    post = make.open_post(firm, "signatory")
    assert not scope_of(User.objects.get(pk=post.user_id), make.TODAY).posts
    actions.confirm_post(post=post, by=firm.actor(nth=0), at=make.AT)
    assert scope_of(User.objects.get(pk=post.user_id), make.TODAY).registrant_ids == {firm.pk}
    assert last_entry(firm.stream)["data"]["role"] == "signatory"


def test_nobody_confirms_their_own_appointment_or_proposal() -> None:
    firm = make.organisation(posts=())
    post = make.open_post(firm, "viewer", user=firm.user(nth=0))
    assert refused(lambda: actions.confirm_post(post=post, by=firm.actor(nth=0), at=make.AT)) == ["own_appointment"]
    assert refused(lambda: actions.confirm_post(post=post, by=firm.actor(nth=1), at=make.AT)) == ["own_proposal"]


def test_a_post_at_another_entity_is_refused_also_when_it_begins_only_later() -> None:
    firm, other = make.organisation(posts=()), make.organisation(posts=())
    person = make.person()
    later = make.TODAY + timedelta(days=60)
    make.post(firm, "viewer", user=person, starts_on=later, authorised_on=make.TODAY)
    assert refused(lambda: make.open_post(other, "viewer", user=person)) == ["post_at_other_entity"]
    make.open_post(other, "viewer", user=person, ends_on=later - timedelta(days=1))


def test_two_open_appointments_at_two_entities_do_not_both_get_confirmed() -> None:
    firm, other = make.organisation(posts=()), make.organisation(posts=())
    person = make.person()
    one, two = make.open_post(firm, "viewer", user=person), make.open_post(other, "viewer", user=person)
    actions.confirm_post(post=one, by=firm.actor(nth=0), at=make.AT)
    call = lambda: actions.confirm_post(post=two, by=other.actor(nth=0), at=make.AT)  # noqa: E731
    assert refused(call) == ["post_at_other_entity"]


def test_the_administrator_appoints_two_quality_managers_and_nobody_else() -> None:
    firm = make.organisation(posts=())
    by, user = make.administrator_actor(), make.person()
    for role in ("quality_manager", "viewer"):
        content = make.appointment(role)
        assert refused(
            lambda content=content: actions.propose_post(
                user=user, organisation=firm.organisation, appointment=content, by=by, at=make.AT
            )
        ) == ["founded_already"]


def test_a_post_ends_today_or_later_and_once() -> None:
    firm = make.organisation(posts=("viewer",))
    post, by = Post.objects.get(role="viewer"), firm.actor()
    end = lambda day: actions.end_post(post=post, ended_on=day, reason="离职", by=by, at=make.AT)  # noqa: E731
    assert refused(lambda: end(make.TODAY - timedelta(days=1))) == ["backdated"]
    end(make.TODAY)
    assert not Post.objects.effective(make.TODAY).filter(pk=post.pk).exists()
    assert refused(lambda: end(make.TODAY)) == ["post_ended_already"]


def test_dismissal_ends_posts_and_sessions_and_can_be_undone(client: Any) -> None:
    firm = make.organisation(posts=("viewer",))
    user = firm.user("viewer")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get("/me/")
    assert UserSession.objects.filter(user=user).exists()
    make.dismissed(user)
    assert not UserSession.objects.filter(user=user).exists()
    assert client.get("/me/").status_code == 302
    assert not scope_of(User.objects.get(pk=user.pk), make.TODAY).organisation_ids
    by = make.administrator_actor()
    assert refused(lambda: actions.dismiss_account(user=user, reason="x", by=by, at=make.AT)) == [
        "account_closed_already"
    ]
    actions.reinstate_account(user=user, reason="返岗", by=by, at=make.AT)
    assert scope_of(User.objects.get(pk=user.pk), make.TODAY).organisation_ids == {firm.pk}
    assert refused(lambda: actions.reinstate_account(user=user, reason="x", by=by, at=make.AT)) == ["account_open"]


def test_an_administrator_alone_changes_an_address_and_gives_nobody_that_of_another() -> None:
    person, other, by = make.person(), make.person(), make.administrator_actor()
    change = lambda email, by=by: actions.change_email(user=person, email=email, reason="换单位", by=by, at=make.AT)  # noqa: E731
    with pytest.raises(PermissionDenied):
        change("new@example.org", by=make.plain_actor(person))
    assert refused(lambda: change(other.email.upper())) == ["email_taken"]
    assert refused(lambda: change(person.email)) == ["email_unchanged"]
    with pytest.raises(ValidationError):
        change("no address")
    assert change("new@example.org").email == "new@example.org"
    entry = Entry.objects.get(stream=f"user:{person.pk}", verb="account.email_changed")
    assert entry.content["data"] == {"before": person.email, "after": "new@example.org"}
    make.dismissed(other)
    assert change(other.email).email == other.email


def test_one_address_has_one_open_account() -> None:
    person = make.person()
    content = {
        "username": "somebody.else",
        "printed_name": "某人",
        "email": person.email.upper(),
        "password": make.PASSWORD,
    }
    create = lambda: actions.create_account(**content, by=make.administrator_actor(), at=make.AT)  # noqa: E731
    with pytest.raises(ValidationError, match="一人一个账号"):
        create()
    make.dismissed(person)
    assert create().pk


def test_the_administrator_does_not_close_their_own_account() -> None:
    user, by = make.administrator(), make.administrator_actor()
    assert refused(lambda: actions.dismiss_account(user=user, reason="x", by=by, at=make.AT)) == ["own_account"]


def test_a_person_chooses_only_their_own_language() -> None:
    one, two = make.person(), make.person()
    by = make.plain_actor(one)
    assert actions.change_language(user=one, language="en", by=by, at=make.AT).language == "en"
    with pytest.raises(PermissionDenied):
        actions.change_language(user=two, language="en", by=by, at=make.AT)


# ── pairs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pair_comes_into_being_when_the_other_side_accepts() -> None:
    world = make.pair()
    assert (world.pair.registrant_id, world.pair.contractor_id) == (world.registrant.pk, world.contractor.pk)
    assert last_entry(world.pair.stream)["verb"] == "pair.accepted"


def test_a_proposal_to_an_unknown_code_looks_exactly_like_one_to_a_known_code() -> None:
    firm, known = make.organisation(posts=()), make.organisation(sides=("contractor",), posts=())
    results = []
    for code in (known.uscc, make.credit_code()):
        content = {
            "proposer_side": "registrant",
            "counterpart_uscc": code,
            "counterpart_name": "乙公司",
            "message": "",
        }
        row = actions.propose_pair(organisation=firm.organisation, content=content, by=firm.actor(), at=make.AT)
        results.append((row.counterpart_name, last_entry(firm.stream)["verb"]))
    assert results[0] == results[1]


def test_a_side_is_proposed_only_by_quality_of_that_side() -> None:
    firm = make.organisation(posts=())
    content = {
        "proposer_side": "contractor",
        "counterpart_uscc": make.credit_code(),
        "counterpart_name": "乙公司",
        "message": "",
    }
    with pytest.raises(PermissionDenied):
        actions.propose_pair(organisation=firm.organisation, content=content, by=firm.actor(), at=make.AT)


def test_only_the_addressed_organisation_answers_and_only_once() -> None:
    registrant, contractor = make.organisation(posts=()), make.organisation(sides=("contractor",), posts=())
    stranger = make.organisation(sides=("contractor",), posts=())
    row = make.proposal(registrant, contractor)

    def accept(firm: make.Firm) -> Pair:
        return actions.accept_proposal(proposal=row, organisation=firm.organisation, by=firm.actor(), at=make.AT)

    assert refused(lambda: accept(stranger)) == ["proposal_not_open"]
    accept(contractor)
    assert refused(lambda: accept(contractor)) == ["proposal_not_open"]


def test_two_proposals_between_the_same_parties_make_one_pair() -> None:
    world = make.pair()
    again = make.proposal(world.registrant, world.contractor)
    by = world.contractor.actor()
    call = lambda: actions.accept_proposal(  # noqa: E731
        proposal=again, organisation=world.contractor.organisation, by=by, at=make.AT
    )
    assert refused(call) == ["pair_exists"]
    assert Pair.objects.count() == 1
    actions.decline_proposal(
        proposal=again, organisation=world.contractor.organisation, reason="已存在", by=by, at=make.AT
    )


def test_the_registrant_accepts_each_licence_version_once() -> None:
    world = make.pair()
    version = make.licence(world.contractor)
    make.accepted_licence(world, version)
    assert refused(lambda: make.accepted_licence(world, version)) == ["licence_already_accepted"]
    with pytest.raises(PermissionDenied):
        actions.accept_licence(pair=world.pair, version=version, by=world.contractor.actor(), at=make.AT)


def test_a_licence_that_is_foreign_open_revoked_or_overtaken_is_not_accepted() -> None:
    world, stranger = make.pair(), make.organisation(sides=("contractor",), posts=())
    accept = lambda version: refused(lambda: make.accepted_licence(world, version, at=make.AT))  # noqa: E731
    assert accept(make.licence(stranger)) == ["licence_not_in_force"]
    assert accept(make.licence(world.contractor, confirmed=False)) == ["licence_not_confirmed"]
    first = make.licence(world.contractor)
    revoked = make.new_licence_version(first, world.contractor, standing=LicenceVersion.Standing.REVOKED)
    assert accept(revoked) == ["licence_not_in_force"]
    assert accept(first) == ["licence_overtaken"]


def test_a_pair_ends_once_and_accepts_no_licence_afterwards() -> None:
    world = make.pair()
    by = world.registrant.actor()
    end = lambda: actions.end_pair(pair=world.pair, ended_on=make.TODAY, reason="到期", by=by, at=make.AT)  # noqa: E731
    end()
    assert refused(end) == ["pair_ended"]
    version = make.licence(world.contractor)
    assert refused(lambda: make.accepted_licence(world, version, at=make.AT)) == ["pair_ended"]


# ── grants ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def sees(user: User, pair: Pair, on: date) -> bool:
    return scope_of(User.objects.get(pk=user.pk), on).sees_pair(pair)


def test_a_grant_opens_the_pair_from_its_first_to_its_last_day() -> None:
    world = make.pair()
    row = make.grant(world)
    days = [sees(row.user, world.pair, make.TODAY + timedelta(days=n)) for n in (-1, 0, 10, 11)]
    assert days == [False, True, True, False]


def test_a_revoked_grant_is_gone_at_once_unless_another_one_stands() -> None:
    world = make.pair()
    outsider = make.person()
    one, two = make.grant(world, outsider), make.grant(world, outsider)
    by = world.registrant.actor()
    actions.revoke_grant(grant=one, reason="结束", by=by, at=make.AT)
    assert sees(outsider, world.pair, make.TODAY)
    actions.revoke_grant(grant=two, reason="结束", by=by, at=make.AT)
    assert not sees(outsider, world.pair, make.TODAY)
    assert not PairUserObjectPermission.objects.exists()
    assert refused(lambda: actions.revoke_grant(grant=two, reason="x", by=by, at=make.AT)) == ["grant_revoked"]


def test_a_projected_permission_without_a_grant_opens_nothing_and_a_grant_without_projection_neither() -> None:
    world, stranger = make.pair(), make.person()
    row = make.grant(world)
    PairUserObjectPermission.objects.filter(user=row.user).update(user=stranger)
    assert not sees(row.user, world.pair, make.TODAY)
    assert not sees(stranger, world.pair, make.TODAY)


def test_a_limited_colleague_sees_that_pair_only_until_the_limit_is_revoked() -> None:
    registrant = make.organisation(posts=("viewer",))
    one, two = make.pair(registrant), make.pair(registrant)
    viewer = registrant.user("viewer")
    assert sees(viewer, two.pair, make.TODAY)
    row = make.grant(one, viewer, permission=Grant.Permission.LIMITED_TO_PAIR)
    assert sees(viewer, one.pair, make.TODAY)
    assert not sees(viewer, two.pair, make.TODAY)
    later = row.ends_on + timedelta(days=1)
    assert [sees(viewer, pair, later) for pair in (one.pair, two.pair)] == [False, False]
    actions.revoke_grant(grant=row, reason="不再限制", by=registrant.actor(), at=make.AT)
    assert [sees(viewer, pair, make.TODAY) for pair in (one.pair, two.pair)] == [True, True]


def test_a_superuser_flag_and_an_administrator_open_no_pair() -> None:
    world = make.pair()
    admin = make.administrator()
    User.objects.filter(pk=admin.pk).update(is_superuser=True)
    assert not sees(admin, world.pair, make.TODAY)


def test_an_administrator_ends_a_post_when_an_organisation_no_longer_can() -> None:
    firm = make.organisation(posts=())
    post = Post.objects.filter(organisation=firm.organisation).earliest("pk")
    actions.end_post(post=post, ended_on=make.TODAY, reason="离职", by=make.administrator_actor(), at=make.AT)
    assert last_entry(firm.stream)["by_post"] == "administrator"
    newcomer = make.person()
    founding = make.appointment("quality_manager")
    actions.propose_post(
        user=newcomer,
        organisation=firm.organisation,
        appointment=founding,
        by=make.administrator_actor(),
        at=make.AT,
    )
    assert Post.objects.effective(make.TODAY).filter(organisation=firm.organisation).count() == 2


def test_tenant_rows_are_seen_by_side_grant_and_limit() -> None:
    registrant, contractor = make.organisation(posts=("viewer",)), make.organisation(sides=("contractor",), posts=())
    one, two = make.pair(registrant, contractor), make.pair(registrant)
    outsider = make.grant(one).user
    make.grant(one, registrant.user("viewer"), permission=Grant.Permission.LIMITED_TO_PAIR)
    seen = {
        name: set(visible_pairs(scope_of(User.objects.get(pk=user.pk), make.TODAY)).values_list("pk", flat=True))
        for name, user in {
            "registrant": registrant.user(),
            "contractor": contractor.user(),
            "outsider": outsider,
            "limited": registrant.user("viewer"),
            "nobody": make.person(),
        }.items()
    }
    both = {one.pair.pk, two.pair.pk}
    assert seen == {
        "registrant": both,
        "contractor": {one.pair.pk},
        "outsider": {one.pair.pk},
        "limited": {one.pair.pk},
        "nobody": set(),
    }
    parties = visible_organisations(scope_of(outsider, make.TODAY))
    assert set(parties.values_list("pk", flat=True)) == {registrant.pk, contractor.pk}
