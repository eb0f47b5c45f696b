"""The stage of the demo world: accounts, organisations, posts, sites, licences and pairs, built through the actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from cmo.clock import SHANGHAI
from cmo.parties import actions
from cmo.parties.access import Can, require, require_administrator, require_for
from cmo.parties.models import (
    Licence,
    LicenceVersion,
    Organisation,
    Pair,
    Post,
    Role,
    Side,
    Site,
    SiteVersion,
    User,
)
from cmo.parties.versions import Version
from cmo.signing.actions import Proof, accept_electronic_signatures, record_hash
from cmo.trail.actor import Actor

from . import cast


@dataclass
class Stage:
    """What has been built so far, by key, and a clock. ``today`` is the day the demo is built."""

    today: date
    people: dict[str, User] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    licences: dict[str, LicenceVersion] = field(default_factory=dict)
    pairs: dict[str, Pair] = field(default_factory=dict)
    _given: dict[int, int] = field(default_factory=dict)

    def day(self, offset: int) -> date:
        """The date ``offset`` days from today (negative: in the past)."""
        return self.today + timedelta(days=offset)

    def at(self, offset: int) -> datetime:
        """An instant of that day's working hours, a little later than the one given before for the same day."""
        number = self._given[offset] = self._given.get(offset, -1) + 1
        return datetime.combine(self.day(offset), time(8, 30), SHANGHAI) + timedelta(minutes=number)

    def as_(self, username: str, can: Can, pair: Pair, at: datetime) -> Actor:
        """The actor under which this person does something on a pair."""
        user = User.objects.get(pk=self.people[username].pk)
        return require(user, can, pair, at.astimezone(SHANGHAI).date())

    def for_own(self, username: str, can: Can, organisation: Organisation, at: datetime) -> Actor:
        """The actor under which this person does something for their own organisation."""
        user = User.objects.get(pk=self.people[username].pk)
        return require_for(user, can, organisation, at.astimezone(SHANGHAI).date())

    def confirm(self, version: Version, username: str, organisation: Organisation, at: datetime) -> None:
        """Have a second quality person confirm a version with their signature."""
        by = self.for_own(username, Can.CONFIRM_BASE_DATA, organisation, at)
        actions.confirm_version(version=version, proof=self.proof(version), by=by, at=at)

    @staticmethod
    def proof(record: Any) -> Proof:
        """Re-authentication as the signing page would hand it over."""
        return Proof(method="password", seen_hash=record_hash(record))

    @staticmethod
    def proof_of_identity() -> Proof:
        """Re-authentication for a record that only comes into being with the signature."""
        return Proof(method="password")


def build(stage: Stage) -> None:
    """Everything that must exist before products and lots appear."""
    admin = _administrator(stage)
    for organisation in cast.ORGANISATIONS:
        _organisation(stage, organisation, admin)
    _account(stage, cast.INSPECTOR, admin)
    for person in stage.people.values():
        if person.pk != stage.people["admin"].pk:
            actor = Actor(user_id=person.pk, name=person.printed_name)
            accept_electronic_signatures(by=actor, at=stage.at(-395))
    _sites_and_licences(stage)
    _pairs(stage)


def _administrator(stage: Stage) -> Actor:
    user = actions.create_administrator(
        username=cast.ADMINISTRATOR.username,
        printed_name=cast.ADMINISTRATOR.name,
        email="admin@example.invalid",
        password=cast.PASSWORD,
        at=stage.at(-400),
    )
    stage.people["admin"] = user
    return require_administrator(user)


def _account(stage: Stage, person: cast.Person, admin: Actor) -> User:
    user = actions.create_account(
        username=person.username,
        printed_name=person.name,
        email=f"{person.username}@example.invalid",
        password=cast.PASSWORD,
        by=admin,
        at=stage.at(-400),
    )
    stage.people[person.username] = user
    return user


def _organisation(stage: Stage, data: cast.Organisation, admin: Actor) -> None:
    organisation = actions.found_organisation(by=admin, at=stage.at(-400), content=data.content())
    stage.organisations[data.key] = organisation
    first, second = data.people[0], data.people[1]
    for person in data.people:
        user = _account(stage, person, admin)
        for number, post in enumerate(person.posts):
            if person is first or (person is second and number == 0):
                _propose_post(stage, organisation, user, post, admin, stage.at(-399))
            else:
                proposer, confirmer = (second, first) if person is second else (first, second)
                _appoint(stage, organisation, user, post, (proposer.username, confirmer.username))


def _appoint(
    stage: Stage, organisation: Organisation, user: User, post: tuple[str, str], quality: tuple[str, str]
) -> None:
    proposer, confirmer = quality
    at = stage.at(-399)
    by = stage.for_own(proposer, Can.APPOINT, organisation, at)
    row = _propose_post(stage, organisation, user, post, by, at)
    _confirm_post(stage, row, confirmer, organisation)


def _propose_post(
    stage: Stage, organisation: Organisation, user: User, post: tuple[str, str], by: Actor, at: datetime
) -> Post:
    appointment = _appointment(stage, *post)
    return actions.propose_post(user=user, organisation=organisation, appointment=appointment, by=by, at=at)


def _confirm_post(stage: Stage, post: Post, username: str, organisation: Organisation) -> None:
    at = stage.at(-398)
    by = stage.for_own(username, Can.CONFIRM_BASE_DATA, organisation, at)
    actions.confirm_post(post=post, by=by, at=at)


def _appointment(stage: Stage, side: str, role: str) -> dict[str, Any]:
    return {
        "side": side,
        "role": role,
        "starts_on": stage.day(-399),
        "ends_on": None,
        "authorised_on": stage.day(-400),
        "authorisation_reference": f"RM-{side[0].upper()}-{Role(role).value[:3].upper()}-01",
        "trained_on": stage.day(-400),
        "training_reference": "PX-2025-07",
        "full_time": True,
    }


SITES = {
    # key: (organisation, name zh, name en, province, address zh, address en)
    "hengzhu": (
        "hengzhu",
        "恒筑杭州一厂",
        "Hengzhu Hangzhou plant 1",
        "浙",
        "浙江省杭州市示例区筑塘路 9 号 2 幢",
        "Building 2, 9 Zhutang Road, Demo District, Hangzhou, Zhejiang",
    ),
    "runnuo": (
        "runnuo",
        "润诺广州工厂",
        "Runnuo Guangzhou plant",
        "粤",
        "广东省广州市示例区润泽街 201 号 3 楼",
        "3rd floor, 201 Runze Street, Demo District, Guangzhou, Guangdong",
    ),
    "boyuan": (
        "boyuan",
        "博源试剂车间",
        "Boyuan reagent workshop",
        "京",
        "北京市示例区博源西路 3 号 1 层",
        "Ground floor, 3 Boyuan West Road, Demo District, Beijing",
    ),
}
#: organisation → (number, first day offset, last day offset, scope); offsets in days from today.
LICENCES = {
    "hengzhu": ("浙药监械生产许20230118号", -1000, 826, ["02", "04", "13", "14"]),
    "runnuo": ("粤药监械生产许20210077号", -1480, 346, ["02", "14"]),
    "boyuan": ("京药监械生产许20240031号", -700, 71, ["22", "IVD"]),
}


def _sites_and_licences(stage: Stage) -> None:
    for key, (owner, name_zh, name_en, province, address_zh, address_en) in SITES.items():
        organisation = stage.organisations[owner]
        at = stage.at(-396)
        by = stage.for_own(f"{owner}.qm1", Can.PROPOSE_BASE_DATA, organisation, at)
        content = {
            "name_zh": name_zh,
            "name_en": name_en,
            "province": province,
            "address_zh": address_zh,
            "address_en": address_en,
            "in_use": True,
        }
        site: SiteVersion = actions.open_site(
            organisation=organisation, content=content, reason="生产地址建档", by=by, at=at
        )
        stage.confirm(site, f"{owner}.qm2", organisation, stage.at(-395))
        stage.sites[key] = site.site
        _licence(stage, owner, organisation, site.site)


def _licence(stage: Stage, owner: str, organisation: Organisation, site: Site) -> None:
    number, first, last, scope = LICENCES[owner]
    at = stage.at(-395)
    by = stage.for_own(f"{owner}.qm1", Can.PROPOSE_BASE_DATA, organisation, at)
    content = {
        "number_printed": number,
        "first_day": stage.day(first),
        "last_day": stage.day(last),
        "scope": scope,
        "site_ids": [site.pk],
        "standing": LicenceVersion.Standing.IN_FORCE,
        "deemed_renewed": False,
        "renewal_filed_on": None,
        "renewal_proof": "",
        "qms_inspected_on": stage.day(-420),
    }
    version = actions.open_licence(
        organisation=organisation, kind=Licence.Kind.LICENCE, content=content, reason="许可证建档", by=by, at=at
    )
    stage.confirm(version, f"{owner}.qm2", organisation, stage.at(-394))
    stage.licences[owner] = version


#: pair key → (proposer, its side, counterpart)
PAIRS = {
    "kanglan-hengzhu": ("kanglan", Side.REGISTRANT, "hengzhu"),
    "kanglan-runnuo": ("kanglan", Side.REGISTRANT, "runnuo"),
    "qiheng-boyuan": ("boyuan", Side.CONTRACTOR, "qiheng"),
    "boyuan-hengzhu": ("boyuan", Side.REGISTRANT, "hengzhu"),
}


def _pairs(stage: Stage) -> None:
    for key, (proposer, side, counterpart) in PAIRS.items():
        proposal = _propose(stage, proposer, side, counterpart, stage.at(-393))
        at = stage.at(-392)
        other = stage.organisations[counterpart]
        by = stage.for_own(f"{counterpart}.qm1", Can.ANSWER_PROPOSAL, other, at)
        pair = actions.accept_proposal(proposal=proposal, organisation=other, by=by, at=at)
        stage.pairs[key] = pair
        registrant, contractor = key.split("-")
        at = stage.at(-391)
        actions.accept_licence(
            pair=pair,
            version=stage.licences[contractor],
            by=stage.as_(f"{registrant}.qm1", Can.ACCEPT_LICENCE, pair, at),
            at=at,
        )


def _propose(stage: Stage, proposer: str, side: str, counterpart: str, at: datetime) -> Any:
    target = next(o for o in cast.ORGANISATIONS if o.key == counterpart)
    content = {
        "proposer_side": side,
        "counterpart_uscc": target.uscc,
        "counterpart_name": target.name_zh,
        "message": "拟开展医疗器械委托生产，请确认建立委托关系。",
    }
    organisation = stage.organisations[proposer]
    by = stage.for_own(f"{proposer}.qm1", Can.PROPOSE_PAIR, organisation, at)
    return actions.propose_pair(organisation=organisation, content=content, by=by, at=at)


def correct_lapsed_licence(stage: Stage) -> None:
    """Runnuo's licence had been entered a year too long; corrected, it lapsed nineteen days ago."""
    organisation, entered = stage.organisations["runnuo"], stage.licences["runnuo"]
    content = {name: getattr(entered, name) for name in entered.content_fields}
    content |= {"first_day": stage.day(-1845), "last_day": stage.day(-19)}
    at = stage.at(-12)
    version = actions.propose_licence_version(
        licence=entered.licence,
        content=content,
        reason="更正：许可证有效期录入错误",
        by=stage.for_own("runnuo.qm1", Can.PROPOSE_BASE_DATA, organisation, at),
        at=at,
    )
    stage.confirm(version, "runnuo.qm2", organisation, stage.at(-12))
    stage.licences["runnuo"] = version
    pair, at = stage.pairs["kanglan-runnuo"], stage.at(-11)
    by = stage.as_("kanglan.qm1", Can.ACCEPT_LICENCE, pair, at)
    actions.accept_licence(pair=pair, version=version, by=by, at=at)


def open_matters(stage: Stage) -> None:
    """What is still open today, so that every inbox has something: a proposal, a licence renewal, an appointment."""
    at = stage.at(-3)
    _propose(stage, "qiheng", Side.REGISTRANT, "hengzhu", at)
    runnuo = stage.organisations["runnuo"]
    renewed = stage.licences["runnuo"]
    content = {name: getattr(renewed, name) for name in renewed.content_fields}
    content |= {"first_day": stage.day(-2), "last_day": stage.day(1824)}
    actions.propose_licence_version(
        licence=renewed.licence,
        content=content,
        reason="许可证延续",
        by=stage.for_own("runnuo.qm1", Can.PROPOSE_BASE_DATA, runnuo, at),
        at=at,
    )
