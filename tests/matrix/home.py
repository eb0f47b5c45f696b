"""Expectations for the inbox: everybody has one, each shows only what is theirs."""

from . import ANYBODY, Page, row

_READS_ONLY = {200, 405}

PAGES = {
    "home:inbox": Page(
        get=ANYBODY,
        post=row(
            right=_READS_ONLY,
            wrong=_READS_ONLY,
            foreign=_READS_ONLY,
            granted=_READS_ONLY,
            expired=_READS_ONLY,
            administrator=_READS_ONLY,
        ),
    ),
}
