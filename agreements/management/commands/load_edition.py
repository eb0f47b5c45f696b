"""``manage.py load_edition FILE``: check an edition of the prohibited catalogue, say what it stops, put it into force.

With ``--by USERNAME`` a quality manager signs it (password asked, or one line of standard input); without, the operator
loads it unsigned. Exit codes: 0 done or previewed, 1 a faulty file or refused.
"""

from __future__ import annotations

import getpass
import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand

from agreements import actions
from agreements.facts.edition import EditionPreview, preview_edition
from cmo import clock
from cmo.catalogue.actions.editions import held_edition
from cmo.catalogue.edition_checks import EditionError
from cmo.catalogue.edition_file import new_editions, read_editions
from cmo.catalogue.editions import Edition
from cmo.catalogue.facts import held_editions
from cmo.errors import Refused
from cmo.parties.access import Can, actor_of, holders_of, scope_of
from cmo.parties.models import User
from cmo.signing.actions import Proof, record_hash
from cmo.signing.models import Method
from cmo.trail.actor import SYSTEM, Actor


class Command(BaseCommand):
    help = "Check an edition of the prohibited catalogue, preview what it stops, and load it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="YAML file in the shape of prohibited_catalogue.yaml")
        parser.add_argument("--dry-run", action="store_true", help="check and preview only")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--by", default="", metavar="USERNAME", help="quality manager who signs it")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        try:
            new = new_editions(read_editions(options["file"].read_text(encoding="utf-8")), held_editions())
        except (OSError, UnicodeDecodeError) as error:
            self._fail(options, [{"path": "file", "zh": "无法读取文件", "en": str(error)}])
        except EditionError as error:
            self._fail(options, [{"path": p.path, "zh": p.zh, "en": p.en} for p in error.problems])
        by, password = self._signer(options, at)
        previews = []
        for edition in new:
            previews.append(preview_edition(edition))
            if not options["dry_run"]:
                self._load(edition, options, by, password, at)
        self._print(options, previews)

    def _signer(self, options: dict[str, Any], at: datetime) -> tuple[Actor, str]:
        """The actor, and the password proved, or the system without one."""
        if not options["by"] or options["dry_run"]:
            return SYSTEM, ""
        user = User.objects.filter(username=options["by"], is_active=True).first()
        scope = scope_of(user, clock.day_of(at))
        post = next((p for p in scope.posts if (p.side, p.role) in holders_of(Can.LOAD_EDITION)), None)
        if user is None or post is None:
            self._refuse(options, "该人员没有质量负责人岗位。", "This person holds no post of a quality manager.")
        if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            self._refuse(
                options,
                "该人员使用动态码，请在页面上签署。",
                "This person signs with a one-time code: use the page.",
            )
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        if not user.check_password(password):
            self._refuse(options, "密码不正确，未收录任何版本。", "The password is not correct. Nothing was loaded.")
        return actor_of(user, post), Method.PASSWORD

    def _load(self, edition: Edition, options: dict[str, Any], by: Actor, method: str, at: datetime) -> None:
        seen = record_hash(held_edition(edition=edition, by=by, at=at))
        proof = Proof(method=method, seen_hash=seen) if method else None
        try:
            actions.load_edition_and_rescreen(edition=edition, source=options["file"].name, proof=proof, by=by, at=at)
        except Refused as refusal:
            self._fail(options, [{"path": f.code, "zh": f.zh, "en": f.en} for f in refusal.findings])
        except PermissionDenied as denial:
            self._refuse(options, str(denial), str(denial))

    def _print(self, options: dict[str, Any], previews: list[EditionPreview]) -> None:
        loaded = not options["dry_run"]
        if options["json"]:
            answer = {"ok": True, "loaded": loaded and bool(previews), "editions": [p.as_dict() for p in previews]}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        for preview in previews:
            self.stdout.write(f"{preview.edition.key} · {preview.edition.document_no} · {preview.first_day}")
            self.stdout.write(f"  stops {len(preview.stops)} devices and {preview.entrustments} live entrustments")
            for stop in preview.stops:
                numbers = ", ".join(f"{row.number} ({row.pair.number})" for row in stop.entrustments) or "-"
                self.stdout.write(f"  {stop.device} → {stop.effect.after.outcome}: {numbers}")
        self.stdout.write("loaded" if loaded and previews else "nothing was loaded")

    def _refuse(self, options: dict[str, Any], zh: str, en: str) -> NoReturn:
        self._fail(options, [{"path": "by", "zh": zh, "en": en}])

    def _fail(self, options: dict[str, Any], problems: list[dict[str, str]]) -> NoReturn:
        """Say everything that is wrong and stop with exit code 1."""
        if options["json"]:
            answer = {"ok": False, "loaded": False, "problems": problems}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            for problem in problems:
                self.stderr.write(f"{problem['path']}: {problem['en']} {problem['zh']}")
        sys.exit(1)
