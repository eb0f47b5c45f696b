"""``manage.py explain_lot NUMBER --release production|market``: may this lot be released, and every reason why not."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from cmo import clock
from cmo.parties.models import OrganisationVersion, User

from ...deciding import Judgement, judgement
from ...facts import MARKET, PRODUCTION, load_lot_facts
from ...models import Lot

PEOPLE = {
    "code": "releaser",
    "zh": "未指定放行人，未判断放行人的岗位、书面授权、培训和专职情况；请用 --by 指定。",
    "en": "No releaser was named, so post, written authorisation, training and employment are not judged; give --by.",
    "citation": "O53-34",
}


class Command(BaseCommand):
    """Exit code 0: a release is possible as far as records tell; 2: refused; 1: the question cannot be answered."""

    help = "Say whether a lot may be released today, with every finding and what is not judged by the system."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="lot number")
        parser.add_argument("--pair", default="", help="number or id of the pair, when the lot number is not unique")
        parser.add_argument("--entrustment", default="", help="number of the entrustment, when the pair is not enough")
        parser.add_argument("--release", choices=(PRODUCTION, MARKET), required=True)
        parser.add_argument("--by", default="", help="user name of the releaser")
        parser.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        lot = self._lot(options)
        user = self._user(options["by"])
        judged = judgement(load_lot_facts([lot])[lot.pk], options["release"], clock.today(), user)
        answer = _answer(judged, user)
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) if options["json"] else _text(lot, answer))
        sys.exit(0 if answer["allowed"] else 2)

    def _lot(self, options: dict[str, Any]) -> Lot:
        """The one lot with this number. :raises CommandError: unknown or ambiguous, the latter with the candidates."""
        number, pair, entrustment = options["number"], options["pair"], options["entrustment"]
        rows = Lot.objects.filter(number=number).select_related("pair", "entrustment").order_by("id")
        if pair:
            rows = rows.filter(Q(pair__number=pair) | Q(pair_id=int(pair) if pair.isdecimal() else 0))
        if entrustment:
            rows = rows.filter(entrustment__number=entrustment)
        found = list(rows)
        if not found:
            raise CommandError(f"没有批号为“{number}”的批。 / No lot has the number “{number}”.", returncode=1)
        if len(found) > 1:
            candidates = _candidates(found)
            if options["json"]:
                self.stdout.write(json.dumps({"error": "ambiguous", "candidates": candidates}, ensure_ascii=False))
            lines = "\n".join(
                f"  --pair {c['pair']} --entrustment {c['entrustment']}  {c['registrant']} / {c['contractor']}"
                for c in candidates
            )
            raise CommandError(
                f"批号“{number}”不唯一，请用 --pair 指定： / Several lots have the number “{number}”; choose one:\n{lines}",
                returncode=1,
            )
        return found[0]

    def _user(self, name: str) -> User | None:
        if not name:
            return None
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"没有名为“{name}”的账号。 / No account has the name “{name}”.", returncode=1)
        return user


def _candidates(lots: list[Lot]) -> list[dict[str, str]]:
    organisations = {pk for lot in lots for pk in (lot.registrant_id, lot.contractor_id)}
    names = OrganisationVersion.objects.current_by_subject(organisations)

    def name(pk: int) -> str:
        return names[pk].name_zh if pk in names else str(pk)

    return [
        {
            "number": lot.number,
            "pair": lot.pair.number,
            "entrustment": lot.entrustment.number,
            "registrant": name(lot.registrant_id),
            "contractor": name(lot.contractor_id),
        }
        for lot in lots
    ]


def _answer(judged: Judgement, user: User | None) -> dict[str, Any]:
    keys = ("code", "severity", "basis", "zh", "en", "citation", "facts")
    findings = [{key: finding.as_dict()[key] for key in keys} for finding in judged.findings]
    topics = [topic.as_dict() for topic in judged.topics]
    return {
        "allowed": not judged.blocking,
        "findings": findings,
        "not_judged": [*topics, *([] if user else [PEOPLE])],
    }


def _text(lot: Lot, answer: dict[str, Any]) -> str:
    lines = [f"{lot.number}: {'可以放行 / may be released' if answer['allowed'] else '不得放行 / may not be released'}"]
    for finding in answer["findings"]:
        mark = "✗" if finding["severity"] == "blocks" else "!"
        lines += [f"{mark} [{finding['code']}] {finding['zh']}", f"    {finding['en']} ({finding['citation']})"]
    lines += [f"? [{topic['code']}] {topic['zh']}\n    {topic['en']}" for topic in answer["not_judged"]]
    return "\n".join(lines)
