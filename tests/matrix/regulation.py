"""Expectations for the addresses of regulation: reference data, the same for everybody who is signed in."""

from . import ANYBODY, Page

PAGES = {
    "regulation:codes": Page(get=ANYBODY, post=ANYBODY),
    "regulation:classification": Page(get=ANYBODY),
    "regulation:references": Page(get=ANYBODY),
}
