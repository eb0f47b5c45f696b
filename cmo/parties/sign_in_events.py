"""Puts sign-in events of Django and allauth on the trail: the only receivers of the product, one record each.

A person's own events go to their stream ``user:ID``. A failure under a name that nobody has goes to the stream
``sign-in`` and keeps no part of what was typed: people type passwords into the wrong field.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.adapter import get_adapter
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth_signals
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.dispatch import receiver
from django.http import HttpRequest

from cmo import clock
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .access import plain_actor
from .models import User

_SOMEBODY = Actor(user_id=None, name="unknown", side="outside")
_METHODS_KEY = "account_authentication_methods"


def record_account_event(verb: str, user: User, *, reason: str = "", data: dict[str, Any] | None = None) -> None:
    """Append one event to the person's own stream."""
    with transaction.atomic():
        record(
            verb,
            by=plain_actor(user),
            at=clock.now(),
            subject=user,
            stream=f"user:{user.pk}",
            reason=reason,
            data=data,
        )


def record_failed_sign_in(user: User | None, *, reason: str, data: dict[str, Any]) -> None:
    """Append a failure to the person's stream, or to ``sign-in`` when nobody has the name."""
    with transaction.atomic():
        record(
            "account.sign_in_failed",
            by=_SOMEBODY,
            at=clock.now(),
            subject=user or "sign-in",
            stream=f"user:{user.pk}" if user else "sign-in",
            reason=reason,
            data=data,
        )


@receiver(auth_signals.user_logged_in, dispatch_uid="parties.signed_in")
def on_signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    methods = [entry.get("type") or entry.get("method", "") for entry in request.session.get(_METHODS_KEY, [])]
    record_account_event("account.signed_in", user, data={"methods": methods, "address": address_of(request)})


@receiver(auth_signals.user_logged_out, dispatch_uid="parties.signed_out")
def on_signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        record_account_event("account.signed_out", user, reason=getattr(request, "sign_out_reason", ""))


@receiver(auth_signals.user_login_failed, dispatch_uid="parties.sign_in_failed")
def on_sign_in_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    user = _owner_of(credentials)
    reason = "account closed" if user and not user.is_active else "name or password not correct"
    record_failed_sign_in(user, reason=reason, data={"address": address_of(request)})


@receiver(mfa_signals.authentication_failed, dispatch_uid="parties.second_factor_failed")
def on_second_factor_failed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    data = {"factor": authenticator.type, "address": address_of(request)}
    record_failed_sign_in(user, reason="second factor not correct", data=data)


@receiver(account_signals.password_changed, dispatch_uid="parties.password_changed")
@receiver(account_signals.password_reset, dispatch_uid="parties.password_reset")
@receiver(account_signals.password_set, dispatch_uid="parties.password_set")
def on_password_changed(user: User, **_: Any) -> None:
    record_account_event("account.password_changed", user)


@receiver(mfa_signals.authenticator_added, dispatch_uid="parties.factor_added")
def on_factor_added(user: User, authenticator: Authenticator, **_: Any) -> None:
    record_account_event("account.second_factor_changed", user, data={"added": authenticator.type})


@receiver(mfa_signals.authenticator_removed, dispatch_uid="parties.factor_removed")
def on_factor_removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    record_account_event("account.second_factor_changed", user, data={"removed": authenticator.type})


@receiver(mfa_signals.authenticator_reset, dispatch_uid="parties.factor_renewed")
def on_factor_renewed(user: User, authenticator: Authenticator, **_: Any) -> None:
    record_account_event("account.second_factor_changed", user, data={"renewed": authenticator.type})


def _owner_of(credentials: dict[str, Any]) -> User | None:
    names = {str(credentials[key]) for key in ("username", "email") if credentials.get(key)}
    condition = models.Q(pk__in=())
    for name in names:
        condition |= models.Q(username__iexact=name) | models.Q(email__iexact=name)
    return User.objects.filter(condition).order_by("pk").first()


def address_of(request: HttpRequest | None) -> str:
    """The network address a request came from; nothing where there is none."""
    if request is None or not request.META.get("REMOTE_ADDR"):
        return ""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""
