"""A trivial thing to sign, and somebody to sign it."""

from django.contrib.auth import get_user_model

from cmo.parties.access import plain_actor
from cmo.parties.models import Organisation, OrganisationVersion
from cmo.signing.actions import accept_electronic_signatures
from cmo.trail import append_only
from tests import make

PASSWORD = make.PASSWORD


def signer(name="林知夏", *, accepts=True, username="lin"):
    user = get_user_model().objects.create_user(username, f"{username}@example.org", PASSWORD, printed_name=name)
    if accepts:
        accept_electronic_signatures(by=plain_actor(user), at=make.FOUNDED)
    return user


def record():
    """Organisation data, proposed and not confirmed."""
    return OrganisationVersion.objects.create(
        organisation=Organisation.objects.create(created_at=make.FOUNDED),
        number=1,
        proposed_by_id=1,
        proposed_by_name="n",
        proposed_at=make.FOUNDED,
        **make.organisation_content(),
    )


def change(row):
    """Alter the record the way only somebody with the database in hand can."""
    with append_only.suspended():
        type(row).objects.filter(pk=row.pk).update(name_en="Another Name Ltd.")
    row.refresh_from_db()
