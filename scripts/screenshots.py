"""Take pictures of the main screens of a running demo, for looking at them and for the README.

    PORT=8123 make demo                                  # in another terminal
    PORT=8123 .venv/bin/python scripts/screenshots.py FOLDER [--readme] [--only NAME] [--dark]

Every screen is taken at 1280 and 390 pixels in both languages (FOLDER/agreement-1280-zh.png …); the places of an
invented world are found through its database, so run it with the same DATABASE_URL. ``--readme`` takes those of the
README into docs/screenshots, in Chinese at 1280 pixels, with few colours so that each stays below 250 KB.
Needs Chromium (CHROMIUM names another one).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WIDTHS = (1280, 390)
LANGUAGES = {"zh": "zh-hans", "en": "en"}
LARGEST = 250 * 1024


@dataclass(frozen=True)
class Screen:
    """One picture: who looks at which address; ``full``: the whole page, not only what fits the window."""

    name: str
    person: str
    path: str
    full: bool = False
    in_readme: bool = False


def screens() -> Iterator[Screen]:
    """The main screens of the demo world."""
    from django.urls import reverse

    from agreements.models import AgreementRevision, Entrustment
    from cmo.catalogue.models import Device
    from cmo.parties.models import Pair, Site
    from releases.models import Lot, MarketRelease

    pair = Pair.objects.order_by("id")[0]
    lot = {number: Lot.objects.get(number=number).pk for number in ("H261001", "H261101", "Z261101", "H260603")}
    stent = Entrustment.objects.get(device__versions__name_zh__startswith="外周血管支架")
    waiting = AgreementRevision.objects.filter(agreement__pair=pair).order_by("-id")[0]
    coronary = Device.objects.get(versions__name_zh__startswith="药物洗脱冠状动脉支架")
    site = Site.objects.get(organisation=pair.contractor)
    opening = f"?pair={pair.pk}&device={coronary.pk}&site={site.pk}"
    asked = "?q=13-07-02&on=&compare=2022-04-30&vascular_site=coronary&about=13-07-02"
    yield Screen("sign-in", "", reverse("account_login"))
    yield Screen("inbox", "hengzhu.qm1", reverse("home:inbox"), in_readme=True)
    yield Screen("inbox-market", "kanglan.market", reverse("home:inbox"))
    yield Screen("pairs", "kanglan.qm1", reverse("parties:pairs"))
    yield Screen("pair", "kanglan.qm1", reverse("parties:pair", args=[pair.pk]), in_readme=True)
    yield Screen("verdict", "kanglan.qm1", reverse("catalogue:may_entrust") + asked, in_readme=True)
    yield Screen("device", "kanglan.qm1", reverse("catalogue:device", args=[coronary.pk]))
    yield Screen("opening", "kanglan.qm1", reverse("agreements:open_entrustment") + opening, in_readme=True)
    yield Screen("preparations", "kanglan.qm1", reverse("agreements:preparations", args=[pair.pk]))
    yield Screen("entrustment", "kanglan.qm1", reverse("agreements:entrustment", args=[stent.pk]))
    yield Screen("agreement", "hengzhu.sign", reverse("agreements:agreement", args=[waiting.agreement_id]))
    yield Screen("revision", "hengzhu.sign", reverse("agreements:revision", args=[waiting.pk]))
    yield Screen("sign", "hengzhu.sign", reverse("agreements:sign", args=[waiting.pk]))
    yield Screen("lots", "kanglan.market", reverse("releases:lots"))
    yield Screen("lot", "kanglan.market", reverse("releases:lot", args=[lot["H261001"]]), in_readme=True)
    yield Screen("lot-blocked", "runnuo.release", reverse("releases:lot", args=[lot["Z261101"]]))
    yield Screen("decide", "kanglan.market", reverse("releases:release_to_market", args=[lot["H261001"]]))
    market = MarketRelease.objects.get(lot_id=lot["H260603"])
    yield Screen("decision", "kanglan.market", reverse("releases:market_release", args=[market.pk]))
    draft = reverse("agreements:draft", args=[waiting.agreement_id])
    yield Screen("draft", "kanglan.qm1", draft, in_readme=True)
    yield Screen("supervision", "kanglan.qm1", reverse("releases:pair_supervision", args=[pair.pk]), in_readme=True)
    yield Screen("validity", "kanglan.qm1", reverse("agreements:validity"))
    yield Screen("identification", "kanglan.qm1", reverse("releases:lot_udi", args=[lot["H261001"]]))
    yield Screen("trail", "kanglan.qm1", reverse("parties:pair_trail", args=[pair.pk]), in_readme=True)
    yield Screen("classification", "kanglan.qm1", reverse("regulation:classification"))


class Photographer:
    """A browser in which the people of the demo are signed in, one context for each person and language."""

    def __init__(self, browser: Any, address: str, scheme: str) -> None:
        self.browser, self.address, self.scheme = browser, address, scheme
        self.pages: dict[tuple[str, str], Any] = {}

    def page_of(self, person: str, language: str) -> Any:
        """The page of a person, signed in."""
        from cmo.home.demo.cast import PASSWORD

        if (person, language) not in self.pages:
            context = self.browser.new_context(color_scheme=self.scheme, timezone_id="Asia/Shanghai")
            cookie = {"name": "django_language", "value": LANGUAGES[language], "url": self.address}
            context.add_cookies([cookie])
            page = self.pages[person, language] = context.new_page()
            if person:
                page.goto(f"{self.address}/account/login/")
                page.fill("[name=login]", person)
                page.fill("[name=password]", PASSWORD)
                page.press("[name=password]", "Enter")
                page.locator(".identity").wait_for()
        return self.pages[person, language]

    def take(self, screen: Screen, language: str, width: int, target: Path, *, whole: bool) -> None:
        """One picture; says when the page is wider than the window."""
        page = self.page_of(screen.person, language)
        page.set_viewport_size({"width": width, "height": 900 if width > 600 else 844})
        answer = page.goto(self.address + screen.path)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=str(target), full_page=whole)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        print(f"{target.name}: {answer.status}{f', {wide} px too wide' if wide > 0 else ''}")


def compress(picture: Path) -> None:
    """Fewer colours: pages have few anyway. :raises SystemExit: when the picture stays too large."""
    from PIL import Image

    with Image.open(picture) as image:
        image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(picture, optimize=True)
    if picture.stat().st_size > LARGEST:
        sys.exit(f"{picture.name} has {picture.stat().st_size:,} bytes, more than {LARGEST:,}")


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "screenshots")
    parser.add_argument("--readme", action="store_true", help="only the README's pictures, compressed")
    parser.add_argument("--only", action="append", default=[], help="only this screen (may be repeated)")
    parser.add_argument("--dark", action="store_true", help="in the dark theme")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
    import django
    from playwright.sync_api import sync_playwright

    django.setup()
    chosen = [s for s in screens() if s.in_readme or not options.readme if s.name in options.only or not options.only]
    options.folder.mkdir(parents=True, exist_ok=True)
    address = f"http://{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
    with sync_playwright() as driver:
        program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        photographer = Photographer(browser, address, "dark" if options.dark else "light")
        for screen in chosen:
            for language in ("zh",) if options.readme else LANGUAGES:
                for width in WIDTHS[:1] if options.readme else WIDTHS:
                    name = f"{screen.name}.png" if options.readme else f"{screen.name}-{width}-{language}.png"
                    target = options.folder / name
                    photographer.take(screen, language, width, target, whole=screen.full or not options.readme)
                    if options.readme:
                        compress(target)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
