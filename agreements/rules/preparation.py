"""Recording what was prepared, and the registrant's quality accepting or returning it."""

from __future__ import annotations

from datetime import date

from cmo.errors import Finding

from ..wording import finding

#: Kinds that concern one device, and kinds that concern one site.
OF_A_DEVICE = frozenset({"necessity", "transfer", "trial_production", "validation", "product_reported"})
OF_A_SITE = frozenset({"on_site_evaluation", "transfer", "trial_production", "validation"})


def blockers_to_record_preparation(
    kind: str, event_on: date, device_id: int | None, site_id: int | None, today: date, ended_on: date | None
) -> list[Finding]:
    """Reasons against recording it: the pair has ended, a future date, a missing device or site."""
    found = []
    if ended_on is not None:
        found.append(finding("pair_ended", ended_on=ended_on.isoformat()))
    if event_on > today:
        found.append(finding("preparation_in_future", event_on=event_on.isoformat()))
    if kind in OF_A_DEVICE and device_id is None:
        found.append(finding("preparation_needs_device"))
    if kind in OF_A_SITE and site_id is None:
        found.append(finding("preparation_needs_site"))
    return found


def blockers_to_accept_preparation(
    answered: bool, recorded_by: int | None, decider: int | None, files: int
) -> list[Finding]:
    """Reasons against accepting it: answered before, own record, no file attached."""
    found = []
    if answered:
        found.append(finding("preparation_answered"))
    if decider is not None and decider == recorded_by:
        found.append(finding("own_preparation"))
    if files == 0:
        found.append(finding("preparation_without_file"))
    return found


def blockers_to_return_preparation(answered: bool, reason: str) -> list[Finding]:
    """Reasons against returning it: answered before, or without a reason."""
    found = [finding("preparation_answered")] if answered else []
    if not reason.strip():
        found.append(finding("reason_needed"))
    return found
