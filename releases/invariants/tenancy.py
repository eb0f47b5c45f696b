"""Whose rows are whose: tenant columns, lots and their entrustments, people and their legal entities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Count, F, Q

from cmo.parties.models import Post, User
from cmo.parties.tenancy import TenantModel

from ..models import Lot
from .broken import Broken, row


def _tenant_models() -> list[Any]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def columns_wrong(_on: date) -> Iterator[Broken]:
    """Registrant and contractor on a row are those of its pair."""
    wrong = ~Q(registrant=F("pair__registrant")) | ~Q(contractor=F("pair__contractor"))
    for model in _tenant_models():
        for found in model._default_manager.filter(wrong):
            yield row(found, "记录上的双方与委托关系不符。", "The parties on the row are not those of its pair.")


def lot_not_of_its_entrustment(_on: date) -> Iterator[Broken]:
    """Pair, device and site of a lot are those of its entrustment."""
    wrong = ~Q(pair=F("entrustment__pair")) | ~Q(device=F("entrustment__device")) | ~Q(site=F("entrustment__site"))
    for lot in Lot.objects.filter(wrong):
        zh = "批的委托关系、产品或场地与其委托生产不符。"
        yield row(lot, zh, "Pair, device or site of the lot are not those of its entrustment.")


def person_at_two_entities(on: date) -> Iterator[Broken]:
    """Nobody holds posts at two legal entities at once."""
    twice = (
        Post.objects.effective(on)
        .values("user")
        .annotate(number=Count("organisation", distinct=True))
        .filter(number__gt=1)
        .values("user")
    )
    for user in User.objects.filter(pk__in=twice):
        yield row(user, "同一人同时在两个法人单位任职。", "This person holds posts at two legal entities at once.")
