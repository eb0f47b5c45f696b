"""The pair's chain as lines of JSON: one entry a line, exactly as it is stored; and one hash over the hashes of all."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator

from cmo.trail.canonical import canonical
from cmo.trail.models import Entry

_PORTION = 500


def chain_lines(stream: str, until: int, withheld: Container[int] = ()) -> Iterator[bytes]:
    """The entries 1 to ``until`` in order, each with payload, hash before and hash; of ``withheld`` ones the hashes alone.

    Read in portions.
    """
    done = 0
    while done < until:
        rows = Entry.objects.filter(stream=stream, seq__gt=done, seq__lte=until).order_by("seq")
        found = list(rows.values_list("seq", "payload", "prev_hash", "hash")[:_PORTION])
        if not found:
            return
        done = found[-1][0]
        for seq, payload, before, digest in found:
            text = {} if seq in withheld else {"payload": payload}
            yield canonical({**text, "prev_hash": before, "hash": digest}).encode() + b"\n"


def chain_digest(stream: str, until: int) -> str:
    """One SHA-256 over number and hash of the entries 1 to ``until``, as ``verify.py`` takes it of a package's chain: alike
    only where every entry is, those too of which a package holds the hash alone."""
    digest = hashlib.sha256()
    rows = Entry.objects.filter(stream=stream, seq__lte=until).order_by("seq").values_list("seq", "hash")
    for seq, entry in rows.iterator(chunk_size=5000):
        digest.update(f"{seq} {entry}\n".encode())
    return digest.hexdigest()
