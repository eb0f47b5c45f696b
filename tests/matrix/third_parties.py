"""Addresses that third parties bring: (GET, POST) for nobody, for a person with a post, for an administrator."""

from __future__ import annotations

_SIGNED_IN = ((302, 302), (200, 200), (200, 200))
_SENT_ON = ((302, 302), (302, 302), (302, 302))
_PAGE = ((200, 405), (200, 405), (200, 405))
_READ_SIGNED_IN = ((302, 302), (200, 405), (200, 405))
_POST_SENDS_ON = ((302, 302), (200, 302), (200, 302))
_ONLY_STRANGERS = ((200, 200), (302, 302), (302, 302))
_NO_FACTOR_YET = ((302, 302), (404, 404), (404, 404))

ACCOUNTS: dict[str, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    "account_change_password": _SIGNED_IN,
    "account_confirm_email": ((200, 404), (200, 404), (200, 404)),
    "account_confirm_login_code": _SENT_ON,
    "account_email": ((302, 302), (404, 404), (404, 404)),
    "account_email_verification_sent": _PAGE,
    "account_inactive": _PAGE,
    "account_login": _ONLY_STRANGERS,
    "account_logout": _POST_SENDS_ON,
    "account_reauthenticate": _SIGNED_IN,
    "account_reset_password": ((200, 200), (200, 200), (200, 200)),
    "account_reset_password_done": _PAGE,
    "account_reset_password_from_key": ((200, 200), (200, 200), (200, 200)),
    "account_reset_password_from_key_done": _PAGE,
    "account_set_password": _SENT_ON,
    "account_signup": _ONLY_STRANGERS,
    "mfa_activate_totp": _SENT_ON,
    "mfa_add_webauthn": _SENT_ON,
    "mfa_authenticate": _SENT_ON,
    "mfa_deactivate_totp": _NO_FACTOR_YET,
    "mfa_download_recovery_codes": _NO_FACTOR_YET,
    "mfa_edit_webauthn": _SENT_ON,
    "mfa_generate_recovery_codes": _SENT_ON,
    "mfa_index": _READ_SIGNED_IN,
    "mfa_list_webauthn": _READ_SIGNED_IN,
    "mfa_login_webauthn": _SENT_ON,
    "mfa_reauthenticate": _SENT_ON,
    "mfa_reauthenticate_webauthn": _SENT_ON,
    "mfa_remove_webauthn": _SENT_ON,
    "mfa_view_recovery_codes": ((302, 302), (404, 405), (404, 405)),
    "usersessions_list": _POST_SENDS_ON,
}

#: Values for the parts of third parties' addresses; nothing with these keys exists.
PARTS: tuple[dict[str, object], ...] = (
    {},
    {"key": "x"},
    {"uidb36": "1", "key": "x"},
    {"pk": 1},
    {"object_id": "1"},
    {"app_label": "parties"},
    {"content_type_id": 1, "object_id": 1},
)
