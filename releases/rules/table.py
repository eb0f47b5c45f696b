"""The one dated table of conditions of release: every gate with basis, citation, stages, first legal day and who resolves.

Compared with the invariants of the domain: 1 ``catalogue``; 2 entrustment, agreement and licence gates, ``releaser_*``;
3 ``production_release_stands``, ``other_legal_entity``, ``another_person``; 4 and 5 are judged when agreements are offered
and signed, their result is ``agreement_*``; 6 ``*_at_manufacture`` with ``*_now``; 7 ``coverage``; 8 ``licence_*`` and
``certificate_*`` count confirmed versions only; 9, 10 and 12 are kept by the database and ``verify_invariants``;
11 ``quantity``.

Compared with the conditions of release (GMP 2025 arts 104 and 113, Order 53 art. 34): steps done ``window_finished``;
records complete ``documents_present``; inspection and QC records reviewed ``documents_reviewed``, ``returns_answered``;
nonconformity, rework, deviations ``deviations_closed``; label, instructions and their versions ``label_*``, ``ifu_*``;
UDI ``udi_*``; suppliers and outsourced steps ``suppliers_approved``, ``sterilisation_approved``, ``processes_approved``;
the two signatures ``releaser_authorised``, ``releaser_signature``; audit and review ``audit_not_overdue``,
``review_not_overdue``; stop of any kind ``holds``. A production release is signed in the act itself, so ``releaser_signature`` judges the standing one when
the market release is decided. What no record here can decide is said in ``unjudged``: contents of the records, changes
and emergency releases, label and conformity document on the product itself.

The date of the act picks: a gate is not judged for acts before ``applies_from``. Rules of the GMP of 2025 bind acts from
2026-11-01 on; before that, the law's own words on authorised release people (Order 53 art. 34) apply alone.
"""

from __future__ import annotations

from . import manufacture, people, prints, product, release_file, supervising, supplying, udi
from .gate import Gate

#: Every gate, in the order in which pages show them.
GATES: tuple[Gate, ...] = (
    release_file.decided_already,
    release_file.production_release_stands,
    release_file.other_legal_entity,
    people.another_person,
    people.releaser_signature,
    people.releaser_post,
    people.releaser_authorised,
    people.releaser_trained,
    people.releaser_full_time,
    product.catalogue,
    manufacture.pair_standing,
    manufacture.entrustment_at_manufacture,
    manufacture.entrustment_now,
    manufacture.agreement_at_manufacture,
    manufacture.agreement_now,
    manufacture.licence_at_manufacture,
    manufacture.licence_covers_product,
    manufacture.licence_names_site,
    manufacture.licence_accepted,
    manufacture.licence_now,
    product.certificate_at_manufacture,
    product.certificate_now,
    product.contractor_on_certificate,
    supervising.coverage,
    supplying.suppliers_approved,
    supplying.sterilisation_approved,
    supplying.processes_approved,
    release_file.window_finished,
    release_file.deviations_closed,
    release_file.use_by_date,
    prints.label_version,
    prints.label_content,
    prints.ifu_version,
    prints.ifu_content,
    udi.udi_assigned,
    udi.udi_uploaded,
    release_file.documents_present,
    release_file.documents_reviewed,
    release_file.returns_answered,
    release_file.holds,
    release_file.quantity,
    supervising.audit_not_overdue,
    supervising.review_not_overdue,
)
