"""Builders of believable state for tests; everything is made through the actions, so a test never starts from nonsense.

Every builder takes keyword arguments with sensible invented defaults and can be called in any order::

    world = make.pair()  # registrant, contractor, and the pair between them
    by = world.contractor.actor("quality_manager")  # the actor of a post
    user = world.registrant.user("market_releaser")
    licence = make.licence(world.contractor)  # confirmed by the second quality manager
    firm = make.organisation("某公司", sides=("contractor",), posts=("signatory",))

``make.AT`` is the moment at which everything happens unless a test says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from cmo.clock import SHANGHAI, day_of
from cmo.codes.uscc import check_character, inner_check_character
from cmo.parties import actions
from cmo.parties.access import actor_of, plain_actor, require_administrator
from cmo.parties.models import (
    Grant,
    Invitation,
    Licence,
    LicenceAcceptance,
    LicenceVersion,
    Organisation,
    OrganisationVersion,
    Pair,
    Post,
    Site,
    SiteVersion,
    User,
)
from cmo.parties.rights import ROLES_OF_SIDE
from cmo.parties.sign_in import has_second_factor
from cmo.parties.versions import Version
from cmo.signing.actions import Proof, accept_electronic_signatures, record_hash
from cmo.trail.actor import Actor
from tests import replay

#: The fixed moment of every builder, and its legal date.
AT = datetime(2026, 6, 1, 9, 0, tzinfo=SHANGHAI)
TODAY = AT.date()
#: When organisations, people and posts came in: before anything that a test looks at.
FOUNDED = AT - timedelta(days=30)
PASSWORD = "Sauber-und-still-7"
REGISTRANT, CONTRACTOR = "registrant", "contractor"

_serial = count(1)
_NAMES = [
    "林知夏",
    "周以宁",
    "沈怀瑾",
    "陆明远",
    "顾清和",
    "许见山",
    "唐若溪",
    "何亦舟",
    "叶听澜",
    "苏景行",
    "程望舒",
    "方既白",
    "江映月",
    "秦之遥",
    "谢朗",
    "段青",
]


def person(name: str = "", *, username: str = "", accepts: bool = True, at: datetime = FOUNDED) -> User:
    """One account, made by the administrator; by default the person accepts electronic signatures."""
    number = next(_serial)
    user = actions.create_account(
        username=username or f"person{number}",
        printed_name=name or f"{_NAMES[number % len(_NAMES)]}{number}",
        email=f"person{number}@example.org",
        password=PASSWORD,
        by=administrator_actor(),
        at=at,
    )
    if accepts:
        accept_statement(user)
    return user


def administrator(username: str = "administrator") -> User:
    """The administrator; the same one however often it is asked for."""
    return User.objects.filter(username=username).first() or actions.create_administrator(
        username=username,
        printed_name="系统管理员",
        email=f"{username}@example.org",
        password=PASSWORD,
        at=FOUNDED,
    )


def administrator_actor() -> Actor:
    return require_administrator(administrator())


def accept_statement(user: User, *, at: datetime = FOUNDED) -> None:
    """Put on record that the person accepts electronic signatures; without it nobody signs."""
    accept_electronic_signatures(by=plain_actor(user), at=at)


def proof(record: Any) -> Proof:
    """A re-authentication for signing ``record`` exactly as it stands, as the signing form would hand it over."""
    return Proof(method="password", seen_hash=record_hash(record))


def credit_code(number: int | None = None, division: str = "330106") -> str:
    """A valid unified social credit code with both check characters."""
    body = f"M{(number or next(_serial)):07d}"
    first_17 = f"91{division}{body}{inner_check_character(body)}"
    return first_17 + check_character(first_17)


@dataclass
class Firm:
    """An organisation with the people in its posts; ``people`` maps (side, role) to everybody who holds that post."""

    organisation: Organisation
    uscc: str
    people: dict[tuple[str, str], list[User]] = field(default_factory=dict)

    @property
    def pk(self) -> int:
        return self.organisation.pk

    @property
    def stream(self) -> str:
        return f"organisation:{self.pk}"

    @property
    def data(self) -> OrganisationVersion:
        """The current confirmed data."""
        return OrganisationVersion.objects.current().get(organisation=self.organisation)

    def user(self, role: str = "quality_manager", side: str = "", *, nth: int = 0) -> User:
        """The ``nth`` holder of a post, freshly read, so that no scope of an earlier moment sticks to it."""
        held = [users for (s, r), users in self.people.items() if r == role and side in {"", s}]
        return User.objects.get(pk=held[0][nth].pk)

    def actor(self, role: str = "quality_manager", side: str = "", *, nth: int = 0) -> Actor:
        """The actor under which that holder acts."""
        user = self.user(role, side, nth=nth)
        posts = Post.objects.confirmed().filter(user=user, organisation=self.organisation, role=role)
        return actor_of(user, posts.filter(side__startswith=side).order_by("id")[0])


@dataclass
class Relation:
    """A pair with both firms."""

    pair: Pair
    registrant: Firm
    contractor: Firm


def organisation_content(name: str = "甲医疗科技有限公司", **changes: Any) -> dict[str, Any]:
    """Content of an organisation version."""
    uscc = credit_code()
    return {
        "name_zh": name,
        "name_en": "Example Medical Technology Co., Ltd.",
        "uscc": uscc,
        "province": "浙",
        "address_zh": "浙江省杭州市示例区一号路 1 号",
        "address_en": "1 First Road, Demo District, Hangzhou, Zhejiang",
        "legal_representative": "示例人",
        "contact": f"0571-8{uscc[9:16]}",
        **changes,
    }


def appointment(role: str = "viewer", side: str = REGISTRANT, **changes: Any) -> dict[str, Any]:
    """Content of a post that everything is in order with."""
    first_day = day_of(FOUNDED)
    return {
        "side": side,
        "role": role,
        "starts_on": first_day,
        "ends_on": None,
        "authorised_on": first_day,
        "authorisation_reference": "RM-2026-01",
        "trained_on": first_day,
        "training_reference": "PX-2026-01",
        "full_time": True,
        **changes,
    }


def organisation(
    name: str = "",
    *,
    sides: Iterable[str] = (REGISTRANT,),
    posts: Iterable[str] | None = None,
    at: datetime = FOUNDED,
    **content: Any,
) -> Firm:
    """An organisation with two quality managers per side and one person in each of ``posts`` (default: every post)."""
    sides = tuple(sides)
    filled = organisation_content(name or f"第{next(_serial)}医疗科技有限公司", **content)
    row = actions.found_organisation(by=administrator_actor(), at=at, content=filled)
    firm = Firm(row, filled["uscc"])
    managers = [person(), person()]
    firm.people[sides[0], "quality_manager"] = managers
    for user in managers:
        _founding_post(row, user, sides[0], at)
    for side in sides[1:]:
        firm.people[side, "quality_manager"] = managers
        for proposer, user in zip(managers, managers, strict=True):
            _post(firm, proposer, user, appointment("quality_manager", side), at)
    for side in sides:
        wanted = ROLES_OF_SIDE[side] if posts is None else set(posts)
        for role in sorted((wanted & ROLES_OF_SIDE[side]) - {"quality_manager"}):
            firm.people[side, role] = [person()]
            _post(firm, managers[0], firm.people[side, role][0], appointment(role, side), at)
    return firm


def _founding_post(organisation: Organisation, user: User, side: str, at: datetime) -> None:
    content = appointment("quality_manager", side)
    actions.propose_post(user=user, organisation=organisation, appointment=content, by=administrator_actor(), at=at)


def _post(firm: Firm, proposer: User, user: User, content: dict[str, Any], at: datetime) -> Post:
    """A post proposed by one quality manager and confirmed by the other."""
    managers = next(iter(firm.people.values()))
    first = managers.index(next(m for m in managers if m.pk == proposer.pk))
    by, other = firm.actor(nth=first), firm.actor(nth=1 - first)
    row = actions.propose_post(user=user, organisation=firm.organisation, appointment=content, by=by, at=at)
    return actions.confirm_post(post=row, by=other, at=at)


def post(
    firm: Firm,
    role: str = "viewer",
    side: str = "",
    *,
    user: User | None = None,
    at: datetime = FOUNDED,
    **changes: Any,
) -> User:
    """Give somebody (a new person by default) a post at the firm; returns the person."""
    side = side or next(iter(firm.people))[0]
    holder = user or person()
    _post(firm, firm.user(nth=0), holder, appointment(role, side, **changes), at)
    firm.people.setdefault((side, role), []).append(holder)
    return holder


def open_post(firm: Firm, role: str = "viewer", side: str = "", *, user: User | None = None, **changes: Any) -> Post:
    """An appointment that the second quality manager proposed and nobody has decided on."""
    side = side or next(iter(firm.people))[0]
    content = appointment(role, side, **changes)
    by = firm.actor(nth=1)
    return actions.propose_post(
        user=user or person(), organisation=firm.organisation, appointment=content, by=by, at=AT
    )


@replay.kept
def pair(
    registrant: Firm | None = None, contractor: Firm | None = None, *, at: datetime = FOUNDED, **names: Any
) -> Relation:
    """A pair, proposed by the registrant and accepted by the contractor; the firms are made where not given."""
    registrant = registrant or organisation(sides=(REGISTRANT,), **names)
    contractor = contractor or organisation(sides=(CONTRACTOR,), **names)
    row = proposal(registrant, contractor, at=at)
    by = contractor.actor("quality_manager", CONTRACTOR)
    done = actions.accept_proposal(proposal=row, organisation=contractor.organisation, by=by, at=at)
    return Relation(done, registrant, contractor)


def proposal(registrant: Firm, contractor: Firm, *, at: datetime = AT) -> Any:
    """The registrant's proposal of a pair, not answered yet."""
    content = {
        "proposer_side": REGISTRANT,
        "counterpart_uscc": contractor.uscc,
        "counterpart_name": contractor.data.name_zh,
        "message": "拟开展委托生产。",
    }
    by = registrant.actor("quality_manager", REGISTRANT)
    return actions.propose_pair(organisation=registrant.organisation, content=content, by=by, at=at)


def site_content(**changes: Any) -> dict[str, Any]:
    """Content of a site version."""
    return {
        "name_zh": "一厂",
        "name_en": "Plant 1",
        "province": "浙",
        "address_zh": "浙江省杭州市示例区二号路 2 号",
        "address_en": "2 Second Road, Demo District, Hangzhou, Zhejiang",
        "in_use": True,
        **changes,
    }


def site(firm: Firm, *, at: datetime = FOUNDED, **content: Any) -> Site:
    """A confirmed production site."""
    version = actions.open_site(
        organisation=firm.organisation, content=site_content(**content), reason="建档", by=firm.actor(), at=at
    )
    confirm(version, firm, at=at)
    return version.site


def confirm(version: Version, firm: Firm, *, nth: int = 1, at: datetime = AT) -> Version:
    """Have a quality manager (by default the second) confirm a version with their signature."""
    return actions.confirm_version(version=version, proof=proof(version), by=firm.actor(nth=nth), at=at)


def licence_content(sites: Iterable[Site], **changes: Any) -> dict[str, Any]:
    """Content of a licence version: in force from before ``AT`` to three years after it."""
    return {
        "number_printed": f"浙药监械生产许2023{next(_serial) % 10000:04d}号",
        "first_day": date(2023, 6, 1),
        "last_day": date(2029, 5, 31),
        "scope": ["13", "14"],
        "site_ids": [row.pk for row in sites],
        "standing": LicenceVersion.Standing.IN_FORCE,
        "deemed_renewed": False,
        "renewal_filed_on": None,
        "renewal_proof": "",
        "qms_inspected_on": date(2025, 6, 1),
        **changes,
    }


def licence(
    firm: Firm,
    *,
    sites: Iterable[Site] | None = None,
    kind: str = Licence.Kind.LICENCE,
    confirmed: bool = True,
    at: datetime = FOUNDED,
    **content: Any,
) -> LicenceVersion:
    """A licence of the firm, confirmed by its second quality manager; ``kind="filing"`` for class I."""
    places = list(sites) if sites is not None else [site(firm, at=at)]
    if kind == Licence.Kind.FILING:
        content = {"number_printed": "浙杭药监械生产备20230001号", "last_day": None, **content}
    version = actions.open_licence(
        organisation=firm.organisation,
        kind=kind,
        content=licence_content(places, **content),
        reason="建档",
        by=firm.actor(),
        at=at,
    )
    return confirm(version, firm, at=at) if confirmed else version  # type: ignore[return-value]


def new_licence_version(
    current: LicenceVersion, firm: Firm, *, confirmed: bool = True, at: datetime = AT, **changes: Any
) -> LicenceVersion:
    """A further version of a licence with some facts changed, proposed by the firm's second quality manager; another
    standing applies from the day of ``at``."""
    first = {"first_day": at.date()} if "standing" in changes else {}
    content = {name: getattr(current, name) for name in current.content_fields} | first | changes
    version = actions.propose_licence_version(
        licence=current.licence, content=content, reason="变更", by=firm.actor(nth=1), at=at
    )
    return confirm(version, firm, nth=0, at=at) if confirmed else version  # type: ignore[return-value]


def accepted_licence(world: Relation, version: LicenceVersion, *, at: datetime = FOUNDED) -> LicenceAcceptance:
    """The registrant accepts the contractor's licence for the pair."""
    by = world.registrant.actor("quality_manager", REGISTRANT)
    return actions.accept_licence(pair=world.pair, version=version, by=by, at=at)


def grant(
    world: Relation,
    user: User | None = None,
    *,
    permission: str = "read_pair",
    starts_on: date = TODAY,
    ends_on: date = TODAY + timedelta(days=10),
    at: datetime = AT,
) -> Grant:
    """A dated grant on the pair; by default a new outsider may read it for ten days."""
    content = {"permission": permission, "starts_on": starts_on, "ends_on": ends_on, "reason": "监督检查"}
    by = world.registrant.actor("quality_manager", REGISTRANT)
    user = user or person(accepts=False)
    second_factor(user)
    return actions.grant(pair=world.pair, user=user, content=content, by=by, at=at)


def invitation_content(**changes: Any) -> dict[str, Any]:
    """What an invitation says: an inspector who may read every page of the pair for ten days."""
    content = {
        "purpose": "inspector",
        "printed_name": f"检查员{next(_serial)}",
        "employer": "某省药品监督管理局",
        "email": f"inspector{next(_serial)}@example.org",
        "language": "zh-hans",
        "reads": "pair",
        "scope_kind": "whole",
        "scope_key": "",
        "takes": False,
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=10),
        "reason": "监督检查",
    }
    return content | changes


def invitation(world: Relation, *, at: datetime = AT, **changes: Any) -> tuple[Invitation, str]:
    """An invitation that waits for an answer, and the token of its address."""
    by = world.registrant.actor("quality_manager", REGISTRANT)
    return actions.invite(pair=world.pair, content=invitation_content(**changes), by=by, at=at)


def second_factor(user: User) -> None:
    """A one-time-code generator, without which an outsider gets no further than setting one up."""
    if not has_second_factor(user):
        TOTP.activate(user, generate_totp_secret())


def dismissed(user: User, *, at: datetime = AT) -> User:
    """Close the account."""
    return actions.dismiss_account(user=user, reason="离职", by=administrator_actor(), at=at)


def site_version(row: Site) -> SiteVersion:
    """The current data of a site."""
    return SiteVersion.objects.current().get(site=row)
