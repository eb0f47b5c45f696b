"""The checklist that an audit was planned with, from the version it is bound to."""

from __future__ import annotations

import json
from functools import lru_cache

from ..models import TemplateVersion
from ..templates_data import AuditTemplate, read_content


def template_of(row: TemplateVersion) -> AuditTemplate:
    """The checklist of a version; read once per text, because it never changes."""
    return _read(row.body)


@lru_cache(maxsize=32)
def _read(body: str) -> AuditTemplate:
    return read_content(json.loads(body))
