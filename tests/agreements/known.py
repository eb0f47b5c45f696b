"""Facts of a certificate and a licence with which everything is in order, on their last day."""

from __future__ import annotations

from datetime import date

from agreements.facts import CertificateFact, LicenceFact

ON = date(2026, 11, 22)

CERTIFICATE = CertificateFact(
    version_id=1,
    content_hash="c" * 64,
    current=True,
    number="国械注准20233130001",
    first_day=date(2023, 7, 1),
    last_day=ON,
    deemed_renewed=False,
    standing="in_force",
    device_class="III",
    sub_catalogue="13",
    classification_code="13-04-01",
    implantable="yes",
    sterile=True,
    contractor_on_certificate=True,
)
LICENCE = LicenceFact(
    version_id=2,
    content_hash="l" * 64,
    licence_id=1,
    current=True,
    accepted=True,
    kind="licence",
    number="浙药监械生产许20230001号",
    first_day=date(2023, 6, 1),
    last_day=ON,
    deemed_renewed=False,
    scope=("13",),
    site_ids=(7,),
    standing="in_force",
    qms_inspected_on=date(2025, 6, 1),
)
