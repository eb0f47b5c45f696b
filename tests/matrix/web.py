"""Expectations for the language switch, open to everybody, and the gallery of components, for administrators."""

from . import PUBLIC, Page, row

_GALLERY = row(right=404, wrong=404, foreign=404, granted=404, expired=404, administrator=200)

PAGES = {
    "web:gallery": Page(get=_GALLERY, post=_GALLERY),
    "web:language": Page(
        get=dict.fromkeys(PUBLIC, 302), post=dict.fromkeys(PUBLIC, 302), data=lambda _world: {"language": "en"}
    ),
}
