"""What a dossier being made costs whoever turns pages meanwhile, as JSON ratios.

    .venv/bin/python bench/bench_pages_during_export.py [--lots 5000] [--turns 12] [--pages 10]

Runs on an own SQLite file and, where a PostgreSQL server answers, on an own database there; both are removed afterwards.
One process asks for list pages (lots, pairs), another makes one dossier after the other of the pair with the longest list,
every section anew, as the queue's worker does. The maker is halted and let go in turns, so that whatever else the machine
does hits both. Goal: with it a page takes at most 1.5 times the time in the median. Exit 1 when it is missed.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filling import fill
from measuring import ROOT, on_each_database, seconds, set_up

GOAL = 1.5
MAKER = "BENCH_EXPORTS_OF"


def measure(options: argparse.Namespace) -> dict[str, Any]:
    if MAKER in os.environ:
        return make_exports(int(os.environ[MAKER]))
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "MEDIA_ROOT": folder,
            "DOSSIER_SECTIONS_CACHE": "dummycache://",
            "DOSSIER_EXPORTS_PER_DAY": "1000000",
        }
        vendor = set_up()
        world = fill(options.lots)
        found: dict[str, Any] = {f"lots_{vendor}": options.lots}
        with maker(world.pair.pk, Path(folder)) as worker:
            for name, page in pages(world).items():
                found |= {f"{name}_{vendor}_{key}": value for key, value in told(page, worker, options).items()}
        found[f"exports_made_{vendor}"] = made()
    return found


def told(page: Callable[[], Any], worker: subprocess.Popen[bytes], options: argparse.Namespace) -> dict[str, Any]:
    """Medians of a page alone and during exports, and their ratio."""
    alone: list[float] = []
    during: list[float] = []
    for turn in range(options.turns + 1):
        for let_go, times in ((False, alone), (True, during)):
            os.kill(worker.pid, signal.SIGCONT if let_go else signal.SIGSTOP)
            time.sleep(0.05)
            found = [seconds(page) for _ in range(options.pages)]
            times.extend(found if turn else [])
    os.kill(worker.pid, signal.SIGCONT)
    quiet, busy = statistics.median(alone), statistics.median(during)
    return {"alone_ms": round(1000 * quiet, 1), "during_ms": round(1000 * busy, 1), "ratio": round(busy / quiet, 2)}


def pages(world: Any) -> dict[str, Callable[[], Any]]:
    """Lists as somebody of the contractor asks for them."""
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    client = Client()
    client.force_login(world.contractor.user("viewer"), backend=settings.AUTHENTICATION_BACKENDS[0])

    def page(name: str) -> Callable[[], Any]:
        def asked() -> None:
            assert client.get(reverse(name)).status_code == 200

        return asked

    return {"lots": page("releases:lots"), "pairs": page("parties:pairs")}


@contextmanager
def maker(pair_id: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that makes exports until it is ended; it has made its first section when the pages begin."""
    from cmo.dossier.models import Export

    command = [sys.executable, __file__, "--inside"]
    with (folder / "maker.log").open("wb") as log:
        worker = subprocess.Popen(
            command, env=os.environ | {MAKER: str(pair_id), "PYTHONPATH": str(ROOT)}, stdout=log, stderr=log
        )
    try:
        while not Export.objects.filter(done__gt=0).exists():
            assert worker.poll() is None, (folder / "maker.log").read_text()
            time.sleep(0.1)
        yield worker
        assert worker.poll() is None, (folder / "maker.log").read_text()
    finally:
        worker.kill()
        worker.wait()


def make_exports(pair_id: int) -> dict[str, Any]:
    """In the process of the maker: one export after the other."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "cmo.settings"
    import django

    django.setup()
    from cmo import clock
    from cmo.dossier import actions, tasks
    from cmo.dossier.rights import taking
    from cmo.parties.models import Pair, User

    pair = Pair.objects.get(pk=pair_id)
    today = clock.today()
    held = next(held for user in User.objects.all() if (held := taking(user, pair, today)) is not None)
    wish = actions.Wish(("whole", ""), "both", today)
    while True:
        export = actions.ask_export(pair=pair, wish=wish, by=held.actor, at=clock.now())
        assert tasks.run_export.call(export.pk) == "made"


def made() -> int:
    from cmo.dossier.models import Export

    return Export.objects.filter(state=Export.State.READY).count()


def met(name: str, value: Any) -> bool:
    return value <= GOAL if name.endswith("_ratio") else True


if __name__ == "__main__":
    sys.exit(on_each_database(__file__, __doc__, measure, met, lots=5_000, turns=12, pages=10))
