"""What the script of the checklist page says, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .models import ItemAnswer
from .wording import SEVERITY_TONES, SEVERITY_WORDS

WORDS = {
    "open": _("not answered"),
    "ok": ItemAnswer.Value.OK.label,
    "remark": _("conforms, with a remark"),
    "defect": ItemAnswer.Value.DEFECT.label,
    "na": ItemAnswer.Value.NA.label,
    "differs": _("auditors differ"),
    "begun": _("begun, not complete"),
    "waits": _("kept on this device; sent when the connection is back"),
    "waiting": _("waits to be sent"),
    "not_kept": _("Not kept:"),
    "refused": _("not kept"),
    "kept_here": _("kept on this device"),
    "sending": _("sending …"),
    "saved": _("saved"),
    "choose_answer": _("Choose an answer: the note is kept on this device until then."),
    "say_what_was_found": _("Say what was found. The answer is sent when this is filled in."),
    "say_why_lighter": _("Say why it weighs less than marked. The answer is sent when this is filled in."),
    "lighter": _("Weighed less because:"),
    "say_why_not": _("Say why the item does not apply. The answer is sent when this is filled in."),
    "say_why_this": _("Say why this answer counts. It is sent when this is filled in."),
    "too_long": _("The note is too long: at most 20,000 bytes, about 6,600 Chinese characters."),
    "all_saved": _("everything saved"),
    "sending_n": _("sending %s"),
    "offline": _("no connection"),
    "offline_n": _("no connection: %s kept on this device"),
    "signed_out": _("signed out: sign in again"),
    "signed_out_n": _("signed out, %s kept on this device: sign in again"),
    "other_person": _("somebody else is signed in: sign in again"),
    "refused_n": _("%s not kept"),
    "memory": _(
        "This browser cannot keep answers on the device. Leave this page open until everything is sent: what waits would "
        "be lost with it."
    ),
    "gone": _("This item is not open to you any more. Copy your note and ask the leader of the audit."),
    "send_again": _("Take the answer up again"),
    "discard": _("Discard the answer"),
    "discard_asks": _("Discard this answer? Its note is lost."),
    "take_this": _("Let this answer count"),
    "your_answer": _("your answer"),
    "shown_n": _("%s items shown"),
    "none_shown": _("No item matches the filters."),
    "last_item": _("This was the last item shown."),
    "is_at": _("%s at item %d"),
    "uploaded": _("File attached."),
    "item": _("Item %s"),
}


def words() -> dict[str, object]:
    """Every word, with severities and their tones."""
    return {
        **{name: str(text) for name, text in WORDS.items()},
        "severities": {key: str(text) for key, text in SEVERITY_WORDS.items()},
        "tones": SEVERITY_TONES,
    }
