"""Expectations for the addresses of signing: the public check of a signature, and a person's own signatures."""

from __future__ import annotations

from cmo.signing.models import Signature

from . import ANYBODY, PUBLIC, Page, World, row


def _signature(world: World) -> dict[str, object]:
    """The signature under the licence that the world of parties confirmed."""
    signature = Signature.objects.get(record_key=f"parties.licenceversion:{world.things['licence'].pk}")
    return {"pk": signature.pk, "mark": signature.mark}


PAGES = {
    "signing:mine": Page(get=ANYBODY),
    "signing:statement": Page(
        get=ANYBODY, post=row(right=302, wrong=302, foreign=302, granted=302, expired=302, administrator=302)
    ),
    "signing:verify": Page(get=PUBLIC, post=dict.fromkeys(PUBLIC, 405), kwargs=_signature),
}
