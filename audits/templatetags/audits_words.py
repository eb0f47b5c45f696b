"""Words for stored keys of audits, in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.translation import gettext

from agreements.labels import Labels
from audits.facts import AuditFacts
from audits.models import AuditPlan, ItemAnswer
from audits.states import audit_state
from audits.wording import SEVERITY_TONES, SEVERITY_WORDS
from audits.wording.checklist_parts import CHANGE_WORDS, FIELD_WORDS, PART_WORDS, USE_WORDS
from audits.wording.risk import reason_words
from cmo.parties.states import State
from cmo.web.wording import bilingual, is_chinese

register = template.Library()


@register.simple_tag
def party_name(labels: Labels, pk: int) -> str:
    """``{% party_name labels audit.contractor_id %}`` → the confirmed name of an organisation."""
    return labels.organisation(pk)


@register.filter
def team_words(members: Iterable[Any]) -> str:
    """``{{ facts.members|team_words }}`` → the names of a team, the leader marked; facts or the report's dictionaries."""
    rows = [member if isinstance(member, dict) else {"name": member.name, "leads": member.leads} for member in members]
    led = gettext("%(name)s (leads)")
    return str(gettext(", ")).join(led % row if row["leads"] else str(row["name"]) for row in rows)


@register.simple_tag
def site_name(labels: Labels, pk: int) -> str:
    """``{% site_name labels audit.site_id %}`` → the confirmed name of a site."""
    return labels.site(pk)


@register.simple_tag
def audit_badge(facts: AuditFacts) -> State:
    """``{% audit_badge facts as badge %}`` → tone and word of an audit's state."""
    return audit_state(facts)


@register.simple_tag
def contractor_name(names: Mapping[int, Any], pk: int) -> str:
    """``{% contractor_name names row.risk.contractor_id %}`` → the confirmed name of an organisation."""
    return bilingual(names.get(pk), "name")


@register.filter
def use_word(use: str) -> str:
    """``{{ template.use|use_word }}`` → what a checklist is made for."""
    return str(USE_WORDS[use])


@register.filter
def risk_reason(reason: Any) -> str:
    """``{{ reason|risk_reason }}`` → a reason of the programme, as ranked now or as kept, with its points."""
    row = reason if isinstance(reason, dict) else reason.as_dict()
    return reason_words(row["key"], row["points"], row["facts"])


@register.filter
def manner_word(manner: str) -> str:
    """``{{ facts.manner|manner_word }}`` → on site or remote."""
    return str(AuditPlan.Manner(manner).label)


@register.filter
def answer_word(value: str) -> str:
    """``{{ answer.value|answer_word }}`` → conforms, defect or not applicable."""
    return str(ItemAnswer.Value(value).label)


@register.filter
def answer_tone(value: str) -> str:
    """``{{ answer.value|answer_tone }}`` → the tone of its badge."""
    return {"ok": "good", "defect": "bad"}.get(value, "idle")


@register.filter
def severity_word(severity: str) -> str:
    """``{{ item.severity|severity_word }}`` → critical, major or general in words."""
    return str(SEVERITY_WORDS.get(severity, severity))


@register.filter
def severity_tone(severity: str) -> str:
    """``{{ item.severity|severity_tone }}`` → the tone of its badge."""
    return SEVERITY_TONES.get(severity, "idle")


@register.simple_tag
def severity_count(severity: str, number: int | None = None) -> str:
    """``{% severity_count "major" 70 as word %}`` → ``70 major``; without a number the word alone."""
    word = severity_word(severity)
    return word if number is None else f"{word} {number}" if is_chinese() else f"{number} {word}"


@register.filter
def checks(item: Any) -> tuple[str, ...]:
    """``{{ item|checks }}`` → what to check, in the reader's language."""
    found: tuple[str, ...] = item.checks_zh if is_chinese() else item.checks_en
    return found


@register.simple_tag
def change_badge(kind: str) -> dict[str, str]:
    """``{% change_badge change.kind as badge %}`` → tone and word of what became of a part of a checklist."""
    tone, word = CHANGE_WORDS[kind]
    return {"tone": tone, "word": str(word)}


@register.filter
def checklist_part(part: str) -> str:
    """``{{ change.part|checklist_part }}`` → item, section, judgement table or heading."""
    return str(PART_WORDS[part])


@register.filter
def checklist_field(name: str) -> str:
    """``{{ text.name|checklist_field }}`` → the name of a text of a checklist."""
    return str(FIELD_WORDS[name])
