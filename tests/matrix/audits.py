"""Expectations for the addresses of the audits app."""

from __future__ import annotations

from . import ANYBODY, Page

PAGES = {
    "audits:templates": Page(get=ANYBODY),
    "audits:template": Page(get=ANYBODY, kwargs=lambda world: {"key": "gsp_ivd_2017"}),
}
