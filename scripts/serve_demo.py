"""Run the web server and the worker of the demo together; both stop on Ctrl-C or when one of them ends.

HOST (default 127.0.0.1) and PORT (default 8000) choose the address. Mails of the demo are written to var/mail and never
sent, whatever EMAIL_URL says: its people are invented.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GRACE_SECONDS = 10
MAIL = ROOT / "var" / "mail"


def commands(host: str, port: str) -> list[list[str]]:
    """Return the two command lines; the web server needs more than one thread because pages wait for the database."""
    web = ["-m", "gunicorn", "cmo.wsgi", "--bind", f"{host}:{port}", "--workers", "2", "--threads", "4"]
    quiet = ["--no-control-socket", "--log-level", "warning"]
    worker = ["manage.py", "worker"]
    return [[sys.executable, *web, *quiet], [sys.executable, *worker]]


def show_accounts() -> None:
    """Print who may sign in; the demo's passwords are no secret."""
    listing = subprocess.run(
        [sys.executable, "manage.py", "demo", "--accounts", "--json"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for account in json.loads(listing.stdout):
        print("  " + "  ".join(str(value) for value in account.values() if value))


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()


def main() -> int:
    """Serve until interrupted; return 1 when a process ends by itself."""
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: asked_to_stop.set())
    show_accounts()
    site = os.environ.get("SITE_URL", f"http://{host}:{port}")
    # The demo's inspector just signs in; elsewhere an outsider always needs a second factor.
    told = {"OUTSIDER_SECOND_FACTOR": "off", **os.environ}
    environ = {**told, "SITE_URL": site, "EMAIL_URL": f"filemail:///{MAIL}"}
    # Their own sessions: Ctrl-C reaches only this process, which then stops both in order.
    started = [subprocess.Popen(line, cwd=ROOT, env=environ, start_new_session=True) for line in commands(host, port)]
    print(f"\nhttp://{host}:{port}/  (Ctrl-C stops the web server and the worker; mails go to {MAIL})", flush=True)
    while all(process.poll() is None for process in started) and not asked_to_stop.wait(0.3):
        pass
    stop(started)
    if asked_to_stop.is_set():
        return 0
    print("The web server or the worker ended; see the messages above.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
