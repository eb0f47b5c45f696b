"""Devices, shares, screenings, determinations and editions: state, trail and every refusal."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils.translation import override

from cmo.catalogue import actions
from cmo.catalogue.edition_checks import EditionError
from cmo.catalogue.edition_file import BUILT_IN, read_editions
from cmo.catalogue.facts import effects_of_edition, held_catalogue, held_editions, rescreen, screening_states
from cmo.catalogue.models import Determination, Device, DeviceShare, DeviceVersion, HeldEdition, LabelVersion, Screening
from cmo.catalogue.rules import findings_of_screening, warnings_about_device
from cmo.catalogue.states import certificate_state
from cmo.errors import Refused
from cmo.parties.access import scope_of
from cmo.signing.models import Signature
from cmo.trail.actor import SYSTEM
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make

from . import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def firm() -> make.Firm:
    return make.organisation(posts=("viewer", "market_releaser"))


def quality(firm: make.Firm, nth: int = 0) -> Any:
    return firm.actor("quality_manager", make.REGISTRANT, nth=nth)


def last_verbs(stream: str, count: int = 1) -> list[str]:
    return list(Entry.objects.filter(stream=stream).order_by("-seq").values_list("verb", flat=True)[:count])


# ── device data ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_device_data_are_proposed_then_confirmed_by_another_quality_person(firm: make.Firm) -> None:
    version = build.device(firm, confirmed=False)
    assert version.state == "proposed"
    assert last_verbs(firm.stream) == ["device.version_proposed"]
    with pytest.raises(Refused) as own:
        make.confirm(version, firm, nth=0)
    assert own.value.codes == ["own_proposal"]
    make.confirm(version, firm)
    assert DeviceVersion.objects.current().get(device=version.device) == version
    assert last_verbs(firm.stream) == ["device.version_confirmed"]
    assert verify().ok


def test_a_new_version_leaves_the_old_one_readable_as_of_its_day(firm: make.Firm) -> None:
    first = build.device(firm)
    second = build.new_version(first, firm, contains_animal_derived="unknown", directly_from_animal_tissue="unknown")
    assert DeviceVersion.objects.current().get(device=first.device) == second
    states = screening_states([first.device_id], make.TODAY, known_at=make.AT - timedelta(days=1))
    assert states[first.device_id].outcome == "allowed"
    before = DeviceVersion.objects.current(known_at=make.AT - timedelta(days=1)).get(device=first.device)
    assert (before, before.contains_animal_derived) == (first, "no")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number_printed": "国械注准2023213"}, "number_registration.digit_count"),
        ({"number_printed": "浙杭械备20230001"}, "number_kind"),
        ({"number_printed": "浙械注准20232130001"}, "class_differs_from_number"),
        ({"number_printed": "国械注准20233140001"}, "number_registration.sub_catalogue"),
        ({"last_day": None}, "last_day_missing"),
        ({"deemed_renewed": True}, "deemed_renewal_without_proof"),
        ({"classification_code": ""}, "code_missing"),
        ({"classification_code": "13-7"}, "code_form"),
        ({"classification_code": "13-07"}, "code_form"),
        ({"classification_code": "12-01-01"}, "code_outside_sub_catalogue"),
        ({"implantable": "no"}, "implantable_reason_missing"),
        ({"contains_animal_derived": "no", "directly_from_animal_tissue": "yes"}, "facts_contradict"),
        ({"vascular_site": "knee"}, "facts_contradict"),
        ({"production_addresses": []}, "address_missing"),
        ({"models_and_specifications": []}, "models_missing"),
        ({"release_documents": []}, "release_documents_missing"),
        ({"release_documents": [{"key": "a", "zh": "甲", "en": "a"}] * 2}, "release_documents_twice"),
        (
            {
                "production_addresses": [
                    {"address": "某路", "entrusted": True, "contractor_name": "", "contractor_uscc": ""}
                ]
            },
            "contractor_not_named",
        ),
        (
            {
                "production_addresses": [
                    {"address": "某路", "entrusted": True, "contractor_name": "乙", "contractor_uscc": "91330106M"}
                ]
            },
            "contractor_credit_code",
        ),
    ],
)
def test_wrong_device_data_are_refused_with_the_reason(firm: make.Firm, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        build.device(firm, **changes)
    assert code in refused.value.codes
    assert not Device.objects.exists()


def test_a_class_i_filing_has_no_last_day_and_says_class_i(firm: make.Firm) -> None:
    filing = {
        "kind": "filing",
        "number_printed": "浙杭械备20230001",
        "device_class": "I",
        "last_day": None,
        "sub_catalogue": "02",
        "classification_code": "02-01-01",
        "implantable": "no",
        "vascular_site": "unknown",
    }
    version = build.device(firm, **filing)
    assert version.valid_on(date(2040, 1, 1))
    with pytest.raises(Refused) as refused:
        build.device(firm, **{**filing, "last_day": date(2028, 6, 30)})
    assert refused.value.codes == ["filing_has_no_last_day"]


def test_implantable_against_the_codes_default_needs_a_reason(firm: make.Firm) -> None:
    version = build.device(firm, implantable="no", implantable_reason="输送系统单独注册")
    assert version.implantable == "no"


def test_a_reagent_outside_the_catalogue_is_screened_as_ivd(firm: make.Firm) -> None:
    version = build.device(
        firm,
        number_printed="国械注准20233400001",
        sub_catalogue="IVD",
        classification_code="",
        implantable="no",
        vascular_site="unknown",
    )
    assert version.screening_code == "IVD"
    assert screening_states([version.device_id], make.TODAY)[version.device_id].outcome == "allowed"


def test_a_certificate_stands_on_its_last_day_and_not_the_day_after(firm: make.Firm) -> None:
    version = build.device(firm)
    assert version.valid_on(date(2028, 6, 30))
    assert not version.valid_on(date(2028, 7, 1))
    assert not version.valid_on(date(2023, 6, 30))
    renewed = build.new_version(
        version, firm, deemed_renewed=True, renewal_filed_on=date(2027, 12, 1), renewal_proof="受理通知书 01"
    )
    assert renewed.valid_on(date(2028, 7, 1))
    assert not build.new_version(renewed, firm, standing="revoked").valid_on(make.TODAY)


def test_only_quality_of_the_registrant_side_proposes_device_data(firm: make.Firm) -> None:
    content = build.device_content()
    outsider = make.organisation(sides=("contractor",), posts=())
    for by in (firm.actor("viewer"), outsider.actor("quality_manager")):
        with pytest.raises(PermissionDenied):
            actions.open_device(registrant=firm.organisation, content=content, reason="建档", by=by, at=make.AT)


def test_the_database_refuses_device_data_that_contradict_themselves(firm: make.Firm) -> None:
    version = build.device(firm)
    values = {n: getattr(version, n) for n in version.content_fields} | {"contains_animal_derived": "no"}
    row = DeviceVersion(
        device=version.device,
        number=9,
        proposed_by_id=1,
        proposed_by_name="x",
        proposed_at=make.AT,
        reason="x",
        content_hash="0" * 64,
        **{**values, "directly_from_animal_tissue": "yes"},
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE catalogue_deviceversion SET name_zh = 'x'")


def test_what_is_doubtful_but_not_wrong_is_a_warning_before_confirming(firm: make.Firm) -> None:
    content = build.device_content(number_printed="国械注准20163460123", classification_code="13-07-77")
    found = warnings_about_device(content, None, make.TODAY)
    assert {finding.severity for finding in found} == {"warns"}
    assert {"code_not_held", "number_registration.sub_catalogue_before_2019"} <= {finding.code for finding in found}
    assert warnings_about_device(build.device_content(), "yes", make.TODAY) == []


@pytest.mark.parametrize(
    ("changes", "on", "word"),
    [
        ({}, date(2023, 6, 30), "not yet in force"),
        ({}, date(2023, 7, 1), "in force"),
        ({}, date(2028, 1, 1), "expires soon"),
        ({}, date(2028, 6, 30), "expires soon"),
        ({}, date(2028, 7, 1), "expired"),
        ({"deemed_renewed": True}, date(2028, 7, 1), "deemed renewed"),
        ({"standing": "revoked"}, date(2026, 1, 1), "revoked"),
        ({"last_day": None}, date(2050, 1, 1), "in force"),
    ],
)
def test_the_badge_of_a_certificate_is_exact_to_the_day(changes: dict[str, Any], on: date, word: str) -> None:
    with override("en"):
        assert certificate_state(DeviceVersion(**build.device_content(**changes)), on).word == word


# ── sharing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_contractor_sees_a_device_only_while_it_is_shared() -> None:
    world = make.pair()
    row = build.device(world.registrant).device
    own = scope_of(world.registrant.user("viewer"), make.TODAY)
    contractor = world.contractor.user("viewer")
    assert list(Device.objects.all().visible_to(own)) == [row]
    assert not Device.objects.all().visible_to(scope_of(contractor, make.TODAY)).exists()
    share = build.share(world, row)
    assert last_verbs(world.pair.stream) == ["device.shared"]
    assert list(Device.objects.all().visible_to(scope_of(contractor, make.TODAY))) == [row]
    actions.withdraw_share(share=share, reason="终止合作", by=quality(world.registrant), at=make.AT)
    assert not Device.objects.all().visible_to(scope_of(contractor, make.TODAY)).exists()


def test_sharing_is_refused_twice_unconfirmed_foreign_and_after_withdrawal_possible_again() -> None:
    world, other = make.pair(), make.organisation(posts=())
    by = quality(world.registrant)
    unconfirmed = build.device(world.registrant, confirmed=False).device
    foreign = build.device(other).device
    for row, code in ((unconfirmed, "device_not_confirmed"), (foreign, "not_the_registrants_device")):
        with pytest.raises(Refused) as refused:
            actions.share_device(pair=world.pair, device=row, by=by, at=make.AT)
        assert code in refused.value.codes
    row = build.device(world.registrant).device
    first = build.share(world, row)
    with pytest.raises(Refused) as twice:
        build.share(world, row)
    assert twice.value.codes == ["device_shared_already"]
    actions.withdraw_share(share=first, reason="误操作", by=by, at=make.AT)
    with pytest.raises(Refused) as again:
        actions.withdraw_share(share=first, reason="误操作", by=by, at=make.AT)
    assert again.value.codes == ["share_withdrawn_already"]
    build.share(world, row)
    with pytest.raises(PermissionDenied):
        actions.share_device(pair=world.pair, device=row, by=world.contractor.actor("quality_manager"), at=make.AT)


def test_the_database_refuses_a_share_of_somebody_elses_device() -> None:
    world = make.pair()
    foreign = build.device(make.organisation(posts=())).device
    row = DeviceShare(
        device=foreign,
        pair=world.pair,
        registrant_id=world.registrant.pk,
        contractor_id=world.contractor.pk,
        recorded_by_id=1,
        recorded_by_name="x",
        recorded_at=make.AT,
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)


# ── documents and labels ─────────────────────────────────────────────────────────────────────────────────────────────


def test_documents_and_labels_are_listed_once_per_version(firm: make.Firm) -> None:
    row = build.device(firm).device
    content = {
        "kind": "process",
        "reference": "WI-01",
        "version": "A/1",
        "title_zh": "激光切割作业指导书",
        "title_en": "",
        "effective_from": date(2026, 1, 1),
        "kept_at": "",
    }
    actions.list_technical_document(device=row, content=content, by=quality(firm), at=make.AT)
    assert last_verbs(firm.stream) == ["device.document_listed"]
    with pytest.raises(ValidationError):
        actions.list_technical_document(device=row, content=content, by=quality(firm), at=make.AT)


def test_a_label_is_in_use_from_its_first_to_its_last_day(firm: make.Firm) -> None:
    row = build.device(firm).device
    content = {"kind": "label", "version": "L1", "effective_from": date(2026, 1, 1), "effective_to": None}
    label = actions.list_label_version(device=row, content=content, by=quality(firm), at=make.AT)
    in_use = LabelVersion.objects.all().in_use
    assert not in_use(date(2025, 12, 31)).exists()
    assert in_use(date(2026, 1, 1)).get() == label
    with pytest.raises(ValidationError):
        _withdraw(firm, label, date(2025, 12, 31))
    _withdraw(firm, label, date(2026, 7, 31))
    assert in_use(date(2026, 7, 31)).exists()
    assert not in_use(date(2026, 8, 1)).exists()
    with pytest.raises(Refused) as twice:
        _withdraw(firm, label, date(2026, 9, 1))
    assert twice.value.codes == ["label_withdrawn_already"]


def _withdraw(firm: make.Firm, label: LabelVersion, day: date) -> None:
    actions.withdraw_label_version(label=label, last_used_on=day, reason="改版", by=quality(firm), at=make.AT)


# ── screening ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "outcome", "codes"),
    [
        ({}, "allowed", []),
        ({"vascular_site": "coronary"}, "prohibited", ["device_prohibited"]),
        ({"vascular_site": "unknown"}, "undetermined", ["device_undetermined"]),
    ],
)
def test_a_screening_is_on_record_whatever_it_says(
    firm: make.Firm, changes: dict[str, str], outcome: str, codes: list[str]
) -> None:
    version = build.device(firm, **changes)
    row = build.screening(firm, version.device)
    assert (row.outcome, row.edition_key, row.version) == (outcome, "2022", version)
    assert row.facts == version.screening_facts().as_dict()
    entry = Entry.objects.filter(stream=firm.stream).order_by("-seq").first()
    assert entry is not None
    assert (entry.verb, entry.content["data"]["outcome"]) == ("device.screened", outcome)
    state = screening_states([version.device_id], make.TODAY)[version.device_id]
    assert state.screening_id == row.pk
    assert [f.code for f in findings_of_screening(state.result, state.determined)] == codes
    assert all(f.zh and f.en and f.citation == "O739-34" for f in findings_of_screening(state.result))


def test_unconfirmed_data_cannot_be_screened_and_strangers_screen_nothing(firm: make.Firm) -> None:
    row = build.device(firm, confirmed=False).device
    with pytest.raises(Refused) as refused:
        build.screening(firm, row)
    assert refused.value.codes == ["device_not_confirmed"]
    stranger = make.organisation(posts=())
    with pytest.raises(PermissionDenied):
        actions.record_screening(device=row, acted_on=make.TODAY, by=quality(stranger), at=make.AT)


def test_a_recorded_screening_keeps_facts_and_edition_as_seen_then(firm: make.Firm) -> None:
    version = build.device(firm)
    row = build.screening(firm, version.device, acted_on=date(2022, 4, 30))
    build.new_version(version, firm, vascular_site="coronary")
    row.refresh_from_db()
    assert (row.edition_key, row.outcome, row.facts["vascular_site"]) == ("2014", "allowed", "peripheral")
    state = screening_states([version.device_id], make.TODAY)[version.device_id]
    assert (state.outcome, state.screening_id) == ("prohibited", None)


# ── determination ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def undetermined(firm: make.Firm) -> Screening:
    return build.screening(firm, build.device(firm, vascular_site="aortic").device)


def test_a_signed_determination_with_evidence_settles_an_undetermined_screening(
    firm: make.Firm, undetermined: Screening
) -> None:
    build.evidence(firm, undetermined)
    row = build.determination(firm, undetermined)
    assert Signature.objects.filter(meaning="determines").count() == 1
    assert last_verbs(firm.stream) == ["screening.determined"]
    assert row.evidence[0]["title"] == "材料成分声明"
    state = screening_states([undetermined.device_id], make.TODAY)[undetermined.device_id]
    assert (state.result.outcome, state.outcome, state.determination_id) == ("undetermined", "allowed", row.pk)
    assert findings_of_screening(state.result, state.determined) == []
    assert verify().ok


def test_a_determination_of_prohibited_blocks(firm: make.Firm, undetermined: Screening) -> None:
    build.evidence(firm, undetermined)
    build.determination(firm, undetermined, outcome="prohibited")
    state = screening_states([undetermined.device_id], make.TODAY)[undetermined.device_id]
    assert [f.code for f in findings_of_screening(state.result, state.determined)] == ["determined_prohibited"]


def test_a_determination_lapses_when_the_device_changes(firm: make.Firm, undetermined: Screening) -> None:
    build.evidence(firm, undetermined)
    build.determination(firm, undetermined)
    build.new_version(undetermined.version, firm, name_zh="主动脉支架系统")
    state = screening_states([undetermined.device_id], make.TODAY)[undetermined.device_id]
    assert (state.outcome, state.determination_id) == ("undetermined", None)


def test_nobody_determines_a_prohibited_device(firm: make.Firm) -> None:
    row = build.screening(firm, build.device(firm, vascular_site="coronary").device)
    build.evidence(firm, row)
    with pytest.raises(Refused) as refused:
        build.determination(firm, row)
    assert "prohibited_cannot_be_determined" in refused.value.codes
    raw = Determination(
        screening=row,
        outcome="allowed",
        reason="x",
        evidence=[],
        recorded_by_id=1,
        recorded_by_name="x",
        recorded_at=make.AT,
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        raw.save(force_insert=True)


def test_every_reason_against_a_determination(firm: make.Firm, undetermined: Screening) -> None:
    with pytest.raises(Refused) as bare:
        build.determination(firm, undetermined)
    assert bare.value.codes == ["evidence_missing"]
    build.evidence(firm, undetermined)
    with pytest.raises(Refused) as unclear:
        build.determination(firm, undetermined, outcome="undetermined")
    assert unclear.value.codes == ["determination_without_outcome"]
    build.determination(firm, undetermined)
    with pytest.raises(Refused) as twice:
        build.determination(firm, undetermined)
    assert twice.value.codes == ["already_determined"]
    build.new_version(undetermined.version, firm, name_zh="主动脉支架系统")
    other = build.screening(firm, undetermined.device)
    build.evidence(firm, other)
    build.new_version(other.version, firm, name_zh="主动脉覆膜支架系统")
    with pytest.raises(Refused) as outdated:
        build.determination(firm, other)
    assert outdated.value.codes == ["screening_outdated"]


def test_an_allowed_screening_has_nothing_to_determine(firm: make.Firm) -> None:
    row = build.screening(firm, build.device(firm).device)
    build.evidence(firm, row)
    with pytest.raises(Refused) as refused:
        build.determination(firm, row)
    assert refused.value.codes == ["nothing_to_determine"]


def test_a_determination_is_bound_to_the_evidence_that_was_shown(firm: make.Firm, undetermined: Screening) -> None:
    build.evidence(firm, undetermined)
    by = quality(firm)
    seen = actions.screening.determination_of(
        screening=undetermined, outcome="allowed", reason="见声明", by=by, at=make.AT
    )
    proof = make.proof(seen)
    build.evidence(firm, undetermined)
    with pytest.raises(Refused) as refused:
        actions.determine(screening=undetermined, outcome="allowed", reason="见声明", proof=proof, by=by, at=make.AT)
    assert refused.value.codes == ["record_changed"]
    assert not Determination.objects.exists()


def test_only_quality_of_the_registrant_determines(firm: make.Firm, undetermined: Screening) -> None:
    build.evidence(firm, undetermined)
    by = firm.actor("market_releaser")
    seen = actions.screening.determination_of(screening=undetermined, outcome="allowed", reason="x", by=by, at=make.AT)
    with pytest.raises(PermissionDenied):
        actions.determine(
            screening=undetermined, outcome="allowed", reason="x", proof=make.proof(seen), by=by, at=make.AT
        )


# ── editions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def hips_prohibited() -> Any:
    """An invented edition of 2027 that lists hip prostheses and no longer excludes peripheral stents."""
    data = yaml.safe_load(BUILT_IN.read_text(encoding="utf-8"))
    edition = deepcopy(data["editions"][1]) | {"edition": 2027, "document_no": "国家药监局通告2027年第1号"}
    edition |= {"issued_on": "2026-12-01", "effective_from": "2027-01-01", "effective_to": None}
    edition["entries"][6]["exclusions"] = edition["entries"][6]["exclusions"][1:]
    data["editions"] = [edition]
    return read_editions(yaml.safe_dump(data, allow_unicode=True))[0]


def test_the_built_in_editions_are_loaded_once() -> None:
    assert actions.load_builtin_editions(at=make.AT) == ["2014", "2022"]
    assert actions.load_builtin_editions(at=make.AT) == []
    assert [e.key for e in held_editions()] == ["2014", "2022"]
    assert HeldEdition.objects.get(key="2022").edition == held_editions()[1]
    assert verify().ok


def test_a_new_edition_shows_whom_it_stops_before_it_is_loaded_and_judges_from_its_first_day(firm: make.Firm) -> None:
    actions.load_builtin_editions(at=make.AT)
    stent = build.device(firm)
    valve = build.device(firm, classification_code="13-07-06", vascular_site="unknown")
    new = hips_prohibited()
    (effect,) = effects_of_edition(new)
    assert (effect.device_id, effect.before.outcome, effect.after.outcome) == (stent.device_id, "allowed", "prohibited")
    assert effect.stops
    assert HeldEdition.objects.count() == 2
    by = quality(firm)
    row = actions.editions.held_edition(new, by=by, at=make.AT)
    actions.load_edition(edition=new, source="2027.yaml", proof=make.proof(row), by=by, at=make.AT)
    assert Signature.objects.filter(meaning="loads_edition").count() == 1
    for on, outcome in ((date(2026, 12, 31), "allowed"), (date(2027, 1, 1), "prohibited")):
        assert screening_states([stent.device_id], on)[stent.device_id].outcome == outcome
    assert screening_states([valve.device_id], date(2027, 1, 1))[valve.device_id].outcome == "prohibited"
    with pytest.raises(EditionError):
        actions.load_edition(edition=new, source="again", proof=make.proof(row), by=by, at=make.AT)


def test_only_the_console_loads_unsigned_and_only_quality_signs() -> None:
    firm = make.organisation(posts=("viewer",))
    actions.load_builtin_editions(at=make.AT)
    new = hips_prohibited()
    with pytest.raises(ValueError, match="signs"):
        actions.load_edition(edition=new, source="x", proof=None, by=quality(firm), at=make.AT)
    viewer = firm.actor("viewer")
    row = actions.editions.held_edition(new, by=viewer, at=make.AT)
    with pytest.raises(PermissionDenied):
        actions.load_edition(edition=new, source="x", proof=make.proof(row), by=viewer, at=make.AT)
    assert actions.load_edition(edition=new, source="x", proof=None, by=SYSTEM, at=make.AT).key == "2027"
    assert last_verbs("catalogue") == ["edition.loaded"]


def test_rescreening_records_what_changed_once_and_only_that(firm: make.Firm) -> None:
    stent = build.device(firm)
    valve = build.device(firm, classification_code="13-07-06", vascular_site="unknown")
    build.screening(firm, stent.device)
    (new,) = actions.rescreen_devices(acted_on=make.TODAY, at=make.AT)
    assert (new.device_id, new.outcome) == (valve.device_id, "prohibited")
    assert last_verbs(firm.stream) == ["device.rescreened"]
    assert actions.rescreen_devices(acted_on=make.TODAY, at=make.AT) == []


def test_rescreening_reads_in_a_constant_number_of_queries(firm: make.Firm, django_assert_num_queries: Any) -> None:
    build.device(firm)
    catalogue = held_catalogue()
    with django_assert_num_queries(1):
        assert len(list(rescreen(catalogue, make.TODAY))) == 1
    for _number in range(4):
        build.device(firm)
    with django_assert_num_queries(1):
        assert len(list(rescreen(catalogue, make.TODAY))) == 5
    ids = list(Device.objects.values_list("pk", flat=True))
    with django_assert_num_queries(3):
        assert len(screening_states(ids, make.TODAY)) == 5
    with django_assert_num_queries(3):
        assert len(screening_states(ids[:1], make.TODAY)) == 1
