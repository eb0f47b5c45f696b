"""The product's own checklist, kept as the version that an audit is bound to."""

from __future__ import annotations

from datetime import datetime

from agreements.actions.recording import recorded
from cmo.trail.actor import Actor
from cmo.trail.canonical import canonical, sha256

from ..models import TemplateVersion
from ..templates_data import template_contents


def fixed_version(key: str, by: Actor, at: datetime) -> TemplateVersion:
    """The kept version of the product's checklist ``key`` as it reads now; written when it is used for the first time.

    :raises KeyError: for a key that the product does not bring.
    """
    content = template_contents()[key]
    body = canonical(content)
    digest = sha256(body)
    known = TemplateVersion.objects.filter(organisation__isnull=True, key=key)
    found = known.filter(body_hash=digest).first()
    if found is not None:
        return found
    row = TemplateVersion(
        key=key,
        version=known.count() + 1,
        title_zh=content["title_zh"],
        title_en=content["title_en"],
        body=body,
        body_hash=digest,
        **recorded(by, at),
    )
    TemplateVersion.objects.bulk_create([row], ignore_conflicts=True)
    return known.get(body_hash=digest)
