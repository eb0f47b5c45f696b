"""The gates of a release as single queries: what the set-wise loading of facts is compared with."""

from collections.abc import Callable
from typing import Any


def gate_queries() -> list[Callable[[Any], Any]]:
    """What each gate would look up by itself: one query each, as a rule with queries in it would be written."""
    from agreements.models import (
        EntrustmentEvent,
        Hold,
        PairDuty,
        PairPolicy,
        Posting,
        PresenceEntry,
        RevisionCoverage,
        SupplierApproval,
    )
    from cmo.catalogue.models import DeviceIdentifier, DeviceVersion, IdentifierEvent, LabelVersion, Screening
    from cmo.parties.models import LicenceAcceptance, LicenceVersion, PairEnd, Post
    from releases.models import (
        Deviation,
        DocumentReview,
        FileReturn,
        LabelCheck,
        LotDocument,
        LotException,
        LotHold,
        LotMaterial,
        LotStep,
        MarketRelease,
        ProductionRelease,
    )
    from tests import make

    def certificate(lot: Any) -> Any:
        return DeviceVersion.objects.confirmed().filter(device_id=lot.device_id, first_day__lte=lot.produced_to)

    def licence(lot: Any) -> Any:
        return LicenceVersion.objects.confirmed().filter(licence__organisation_id=lot.contractor_id)

    def post(role: str) -> Callable[[Any], Any]:
        return lambda lot: (
            Post.objects.effective(make.TODAY).filter(organisation_id=lot.contractor_id, role=role).exists()
        )

    def covered(lot: Any) -> Any:
        return RevisionCoverage.objects.filter(
            entrustment_id=lot.entrustment_id, revision__starts_on__lte=lot.produced_from
        )

    def standing(model: Any) -> Callable[[Any], Any]:
        return lambda lot: model.objects.filter(lot=lot, withdrawal__isnull=True).first()

    return [
        standing(ProductionRelease),
        standing(MarketRelease),
        post("production_releaser"),
        post("market_releaser"),
        lambda lot: Screening.objects.filter(device_id=lot.device_id).order_by("-id").first(),
        lambda lot: PairEnd.objects.filter(pair_id=lot.pair_id).first(),
        lambda lot: EntrustmentEvent.objects.filter(
            entrustment_id=lot.entrustment_id, event_on__lte=lot.produced_from
        ).last(),
        lambda lot: EntrustmentEvent.objects.filter(entrustment_id=lot.entrustment_id).last(),
        lambda lot: covered(lot).filter(revision__ends_on__gte=lot.produced_to).first(),
        lambda lot: covered(lot).filter(revision__ends_on__gte=make.TODAY).first(),
        lambda lot: licence(lot).filter(first_day__lte=lot.produced_from, last_day__gte=lot.produced_to).first(),
        lambda lot: licence(lot).order_by("-number").first(),
        lambda lot: licence(lot).filter(last_day__gte=make.TODAY).first(),
        lambda lot: LicenceAcceptance.objects.filter(pair_id=lot.pair_id).exists(),
        lambda lot: certificate(lot).filter(last_day__gte=lot.produced_to).first(),
        lambda lot: certificate(lot).filter(last_day__gte=make.TODAY).first(),
        lambda lot: certificate(lot).order_by("-number").first(),
        lambda lot: LabelVersion.objects.filter(pk=lot.label_version_id).select_related("withdrawal").first(),
        lambda lot: LabelVersion.objects.filter(pk=lot.ifu_version_id).select_related("withdrawal").first(),
        lambda lot: list(LotDocument.objects.filter(lot=lot)),
        lambda lot: list(DocumentReview.objects.filter(document__lot=lot)),
        lambda lot: FileReturn.objects.filter(lot=lot, answer__isnull=True).exists(),
        lambda lot: LotHold.objects.filter(lot=lot, lift__isnull=True).exists(),
        lambda lot: Hold.objects.filter(pair_id=lot.pair_id, lift__isnull=True).exists(),
        lambda lot: PairDuty.objects.filter(pair_id=lot.pair_id, kind="audit").last(),
        lambda lot: PairDuty.objects.filter(pair_id=lot.pair_id, kind="review").last(),
        lambda lot: list(Posting.objects.filter(pair_id=lot.pair_id, site_id=lot.site_id).select_related("end")),
        lambda lot: list(PresenceEntry.objects.filter(pair_id=lot.pair_id, posting__site_id=lot.site_id)),
        lambda lot: PairPolicy.objects.filter(pair_id=lot.pair_id, effective_from__lte=lot.produced_to).last(),
        lambda lot: list(LotStep.objects.filter(lot=lot, corrected_by__isnull=True, void=False)),
        lambda lot: list(LotMaterial.objects.filter(lot=lot)),
        lambda lot: list(SupplierApproval.objects.filter(pair_id=lot.pair_id).select_related("end")),
        lambda lot: list(Deviation.objects.filter(lot=lot).prefetch_related("closures__answer")),
        lambda lot: list(LotException.objects.filter(lot=lot).select_related("decision")),
        lambda lot: LabelCheck.objects.filter(entrustment=lot.entrustment_id, label=lot.label_version_id).last(),
        lambda lot: LabelCheck.objects.filter(entrustment=lot.entrustment_id, label=lot.ifu_version_id).last(),
        lambda lot: list(DeviceIdentifier.objects.filter(device_id=lot.device_id, model=lot.model)),
        lambda lot: IdentifierEvent.objects.filter(identifier__device_id=lot.device_id, kind="uploaded").first(),
    ]
