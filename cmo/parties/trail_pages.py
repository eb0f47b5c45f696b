"""The trail as people read it: entries as sentences, and which streams a person may read.

Object pages of every app show ``entries_for(record)`` or ``entries_for("pair:3")`` in ``<c-trail :entries="…" />``;
the caller has judged that the object may be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cmo.trail.actions import subject_key
from cmo.trail.models import Entry, EntryQuerySet
from cmo.trail.verbs import all_verbs
from cmo.web.wording import bilingual

from .access import Scope, visible_pairs
from .facts import names_of
from .models import Grant, Pair, Role, Side, User
from .outside import opened_to
from .rights import ADMINISTRATOR

#: Kind of record → name of its page, which takes the primary key. Apps add theirs with ``register_subject_page``.
_PAGES: dict[str, str] = {"parties.pair": "parties:pair", "parties.licence": "parties:licence"}
#: Streams that only administrators read.
_ADMINISTRATION = ("sign-in", "join-requests")
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Streams:
    """A further kind of stream: whose name begins with ``kind``, which keys a person reads, and what each is called."""

    kind: str
    word: Any
    visible: Callable[[Scope], Iterable[int]]
    labels: Callable[[Iterable[int]], Mapping[int, str]]


_STREAMS: dict[str, Streams] = {}


def register_streams(streams: Streams) -> None:
    """Say that an app keeps chains of its own (``audit:7``) and who reads them."""
    _STREAMS[streams.kind] = streams


def register_subject_page(label: str, url_name: str) -> None:
    """Say which page shows records of the kind ``app.model``, so that trail entries link to them."""
    _PAGES[label] = url_name


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as ``<c-trail>`` prints it. ``verified`` is None where the chain was not checked."""

    at: datetime
    by_name: str
    by_post: str
    by_organisation: str
    sentence: str
    reason: str
    hash: str
    seq: int
    stream: str
    refused: bool
    url: str = ""
    object: str = ""
    verified: bool | None = None


def entries_for(about: models.Model | str, *, limit: int = 50) -> list[Line]:
    """The newest entries about a record, or of a whole stream (``pair:3``), newest first."""
    key = subject_key(about)
    # A subject key names a model (with a dot) before its number, a stream does not.
    rows = Entry.objects.about(key) if "." in key else Entry.objects.filter(stream=key).order_by("-seq")
    return lines(rows[:limit])


def lines(entries: Iterable[Entry], verified: bool | None = None) -> list[Line]:
    """Entries as readable lines in the active language."""
    return [_line(entry, verified) for entry in entries]


def _line(entry: Entry, verified: bool | None) -> Line:
    row = entry.content
    page = _page(row["subject"])
    return Line(
        at=datetime.fromisoformat(row["at"]),
        by_name=_("the system") if row["by_post"] == "system" else row["by_name"],
        by_post=post_word(row["by_post"]),
        by_organisation=row["by_organisation"],
        sentence=sentence(row),
        reason=row["reason"],
        hash=entry.hash,
        seq=entry.seq,
        stream=entry.stream,
        refused=row["verb"] == REFUSED,
        url=page,
        object=_("Open") if page else "",
        verified=verified,
    )


def sentence(row: dict[str, Any]) -> str:
    """What happened to what, as one sentence in the active language."""
    chinese = (get_language() or "zh").startswith("zh")
    refused = row["verb"] == REFUSED
    verb = row["data"].get("attempted", "") if refused else row["verb"]
    words = all_verbs().get(verb, (verb, verb))
    label = _label(row)
    if chinese:
        return f"{'被拒绝，未执行：' if refused else ''}{words[0]}：{label}"
    return f"{'Refused, did not happen: ' if refused else ''}{label} {words[1]}"


def _label(row: dict[str, Any]) -> str:
    data = row["data"]
    more = []
    if data.get("role") in Role.values:
        more.append(str(Role(data["role"]).label))
    if data.get("permission") in Grant.Permission.values:
        more.append(str(Grant.Permission(data["permission"]).label))
    if data.get("signature") and data.get("side") in Side.values:
        more.append(str(Side(data["side"]).label))
        more += [_("now concluded")] if data.get("concluded") else []
    if not more:
        return str(row["label"])
    return _("%(label)s (%(more)s)") % {"label": row["label"], "more": listed(more)}


def listed(words: Iterable[Any]) -> str:
    """Words one after the other, with the comma of the active language."""
    return str(_(", ")).join(str(word) for word in words)


def post_word(post: str) -> str:
    """A post of the trail in words: one of the posts, the administrator, or what was written."""
    if post == ADMINISTRATOR:
        return _("administrator")
    if post == "system":
        return ""
    return str(Role(post).label) if post in Role.values else post


def _page(subject: str) -> str:
    label, _colon, pk = subject.partition(":")
    return reverse(_PAGES[label], args=[pk]) if label in _PAGES and pk.isdecimal() else ""


def visible_streams(user: User, scope: Scope) -> list[str]:
    """Names of the streams of this person's pairs, organisations and own account."""
    pairs = [f"pair:{pk}" for pk in visible_pairs(scope).order_by("pk").values_list("pk", flat=True)]
    own = [] if scope.limited_to is not None else [f"organisation:{pk}" for pk in sorted(scope.organisation_ids)]
    more = [f"{kind}:{pk}" for kind, streams in _STREAMS.items() for pk in streams.visible(scope)]
    return [*own, *pairs, *more, f"user:{user.pk}", *(_ADMINISTRATION if user.is_staff else ())]


def visible_entries(user: User, scope: Scope) -> EntryQuerySet:
    """Every entry this person may read, newest first. Administrators read the streams of all accounts."""
    condition = models.Q(stream__in=visible_streams(user, scope))
    if user.is_staff:
        condition |= models.Q(stream__startswith="user:")
    return Entry.objects.filter(condition & ~_of_other_readers(user, scope)).order_by("-id")


def _of_other_readers(user: User, scope: Scope) -> models.Q:
    """Entries about whom else a pair is open to, in the pairs that are open to this person by name."""
    streams = [f"pair:{pk}" for pk in opened_to(user, scope.on)] if scope.by_name else []
    if not streams:
        return models.Q(pk__in=())
    own = Grant.objects.filter(user=user).values_list("pk", "invitation_id")
    keys = {key for pk, invited in own for key in (f"parties.grant:{pk}", f"parties.invitation:{invited}")}
    about = models.Q(subject__startswith="parties.grant:") | models.Q(subject__startswith="parties.invitation:")
    return models.Q(stream__in=streams) & about & ~models.Q(subject__in=sorted(keys))


def stream_words(streams: Iterable[str]) -> dict[str, str]:
    """Stream → what it is the trail of, in words; three queries for any number of streams."""
    keys = {stream: stream.partition(":") for stream in streams}
    ids: dict[str, set[int]] = {}
    for kind, _colon, pk in keys.values():
        if pk.isdecimal():
            ids.setdefault(kind, set()).add(int(pk))
    pairs = dict(Pair.objects.filter(pk__in=ids.get("pair", ())).values_list("pk", "number"))
    people = dict(User.objects.filter(pk__in=ids.get("user", ())).values_list("pk", "printed_name"))
    names = {pk: bilingual(data, "name") for pk, data in names_of(ids.get("organisation", ())).items()}
    known = {"pair": (_("Pair"), pairs), "user": (_("Account"), people), "organisation": (_("Legal entity"), names)}
    known |= {kind: (str(more.word), dict(more.labels(ids[kind]))) for kind, more in _STREAMS.items() if kind in ids}
    words = {"sign-in": _("Failed sign-ins"), "join-requests": _("Requests to join")}
    for stream, (kind, _colon, pk) in keys.items():
        if kind in known and pk.isdecimal():
            word, labels = known[kind]
            words[stream] = f"{word} {labels.get(int(pk), pk)}"
    return {stream: words.get(stream, stream) for stream in keys}


def sees_stream(user: User, scope: Scope, stream: str) -> bool:
    """Whether this person may read and check this stream."""
    return stream in visible_streams(user, scope) or (user.is_staff and stream.startswith("user:"))
