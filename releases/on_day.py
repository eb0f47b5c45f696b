"""Which licence and certificate governed a day of an entrustment, and whether its products needed a UDI then.

Pure; for facts that are loaded by day as well as for rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

from agreements.facts import CertificateFact, EntrustmentFacts, LicenceFact
from cmo.catalogue.rules.identifiers import Due, udi_due

V = TypeVar("V", LicenceFact, CertificateFact)
IN_FORCE = "in_force"


def versions_on(versions: Iterable[V], day: date) -> Iterator[V]:
    """For every licence or certificate the version that governs ``day``: the latest one begun by then."""
    governing: dict[int, V] = {}
    for version in sorted(versions, key=lambda v: v.version_id):
        if version.first_day <= day:
            governing[getattr(version, "licence_id", 0)] = version
    return iter(governing.values())


def standing_on(versions: Iterable[V], day: date) -> str:
    """How one licence or certificate stood on ``day``, by all its versions.

    What lifts a suspension, revocation or cancellation begins on a later day than it did: a version in force that was
    entered later for the same or an earlier day does not undo it.
    """
    standing, since = IN_FORCE, date.min
    for version in sorted(versions, key=lambda v: v.version_id):
        if version.first_day > day:
            continue
        if version.standing != IN_FORCE:
            standing, since = version.standing, max(since, version.first_day)
        elif version.first_day > since:
            standing = IN_FORCE
    return standing


def _of_the_kind(entrustment: EntrustmentFacts) -> list[LicenceFact]:
    """Every version of licences of the kind the device's class needs."""
    certificate = entrustment.certificate
    kind = "filing" if certificate is not None and certificate.device_class == "I" else "licence"
    return [licence for licence in entrustment.licences if licence.kind == kind]


def licences_begun(entrustment: EntrustmentFacts, day: date) -> list[LicenceFact]:
    """Licences of the kind the device's class needs whose period contains ``day``, however they stood then."""
    return [licence for licence in versions_on(_of_the_kind(entrustment), day) if licence.covers(day)]


def licences_on(entrustment: EntrustmentFacts, day: date) -> list[LicenceFact]:
    """Those of :func:`licences_begun` that were in force on ``day``: under which something may be made."""
    return [
        licence
        for licence in licences_begun(entrustment, day)
        if licence_standing(entrustment, licence, day) == IN_FORCE
    ]


def licence_standing(entrustment: EntrustmentFacts, licence: LicenceFact, day: date) -> str:
    """How the licence of which this is a version stood on ``day``."""
    return standing_on((v for v in entrustment.licences if v.licence_id == licence.licence_id), day)


def covers_product(licence: LicenceFact, entrustment: EntrustmentFacts) -> bool:
    """Whether the licence's scope contains the device's sub-catalogue."""
    certificate = entrustment.certificate
    return certificate is not None and certificate.sub_catalogue in licence.scope


def covers_site(licence: LicenceFact, entrustment: EntrustmentFacts) -> bool:
    return entrustment.site_id in licence.site_ids


def best_licence(entrustment: EntrustmentFacts, day: date) -> LicenceFact | None:
    """The licence that fits the entrustment best on ``day``: product and site covered, accepted, in force first."""
    found = licences_begun(entrustment, day)
    if not found:
        return None
    return max(
        found,
        key=lambda licence: (
            covers_product(licence, entrustment),
            covers_site(licence, entrustment),
            licence_standing(entrustment, licence, day) == IN_FORCE,
            licence.accepted,
            licence.version_id,
        ),
    )


def licence_named_on(entrustment: EntrustmentFacts, day: date) -> LicenceFact | None:
    """The licence whose number labels name on ``day``: the best one, or else the latest that has lapsed. Whether it covers
    product and site and stands, the gates on licences ask."""
    begun = versions_on(_of_the_kind(entrustment), day)
    return best_licence(entrustment, day) or max(begun, key=lambda licence: licence.version_id, default=None)


def certified_on(entrustment: EntrustmentFacts, day: date) -> bool:
    """Whether the product's certificate was valid on ``day``: by its dates, and in force."""
    return certificate_on(entrustment, day) is not None and standing_on(entrustment.certificates, day) == IN_FORCE


def certificate_on(entrustment: EntrustmentFacts, day: date) -> CertificateFact | None:
    """The version of the certificate that is valid by its dates on ``day``."""
    return next((c for c in versions_on(entrustment.certificates, day) if c.covers(day)), None)


def judged_by(entrustment: EntrustmentFacts, first: date, last: date) -> list[CertificateFact]:
    """The versions of the certificate that governed a day from ``first`` to ``last``, and the present one.

    What a product is, is judged by the gravest of them: data that begin later free nothing made before, and what they newly
    say of the product is asked of what was made before as well.
    """
    begins = {version.first_day for version in entrustment.certificates if first < version.first_day <= last}
    found = {
        version.version_id: version
        for day in sorted({first, *begins})
        for version in versions_on(entrustment.certificates, day)
    }
    if (present := entrustment.certificate) is not None:
        found[present.version_id] = present
    return list(found.values())


def implantable_on(entrustment: EntrustmentFacts, first: date, last: date) -> str:
    """``yes``, ``unknown`` or ``no`` for what is made from ``first`` to ``last``; without confirmed data ``unknown``."""
    said = {version.implantable for version in judged_by(entrustment, first, last)} or {"unknown"}
    return next(answer for answer in ("yes", "unknown", "no") if answer in said)


def udi_due_on(entrustment: EntrustmentFacts, udi_listed: str, made_on: date) -> Due:
    """Whether a lot finished on ``made_on`` needs a UDI, by its certificate then and the present answer on the listing.

    The answer says what a notice listed, so it counts for every day, whenever it was given.
    """
    used = certificate_on(entrustment, made_on) or entrustment.certificate
    if used is None:
        return Due("unknown", "UDI-LABEL-DATE")
    return udi_due(used.device_class, used.sub_catalogue, udi_listed, made_on)
