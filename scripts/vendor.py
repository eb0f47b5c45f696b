"""Third-party front-end files and fonts: fetch them again, or check the committed ones.

    scripts/vendor.py           fetch every package with npm, copy the listed files unmodified, write the manifest
    scripts/vendor.py --check   offline: every committed file is the one the manifest names, and nothing else lies there

A file may differ from the manifest only when its package's version below was changed. Icons are those that
``cmo/web/icons.py`` names.
"""

import ast
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "static" / "vendor" / "MANIFEST.json"


@dataclass(frozen=True)
class Package:
    """One npm package and what is taken from it: ``files`` maps a target in ``folder`` to a path in the package."""

    name: str
    version: str
    licence: str
    folder: str
    files: dict[str, str]
    kept: tuple[str, ...] = field(default=())  # committed by hand: the package carries no licence file


def icon_names() -> list[str]:
    """Return the icons the templates may use, read from ``NAMES`` without starting Django."""
    tree = ast.parse((ROOT / "cmo" / "web" / "icons.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.targets[0]) == "NAMES"
        ):
            return sorted(ast.literal_eval(node.value.args[0]))
    raise SystemExit("cmo/web/icons.py defines no NAMES = frozenset({…})")


def packages() -> list[Package]:
    icons = {f"{name}.svg": f"icons/outline/{name}.svg" for name in icon_names()}
    return [
        Package(
            name="@tabler/core",
            version="1.6.1",
            licence="MIT",
            folder="static/vendor/tabler",
            files={
                # The maps are named inside the minified files: hashed static storage refuses a name without a file.
                "tabler.min.css": "dist/css/tabler.min.css",
                "tabler.min.css.map": "dist/css/tabler.min.css.map",
                "tabler.min.js": "dist/js/tabler.min.js",
                "tabler.min.js.map": "dist/js/tabler.min.js.map",
            },
            kept=("LICENSE",),
        ),
        Package(
            name="@alpinejs/csp",
            version="3.17.4",
            licence="MIT",
            folder="static/vendor/alpine-csp",
            files={"cdn.min.js": "dist/cdn.min.js"},
            kept=("LICENSE",),
        ),
        Package(
            name="@tabler/icons",
            version="3.51.0",
            licence="MIT",
            folder="static/vendor/tabler-icons",
            files={"LICENSE": "LICENSE", **icons},
        ),
        Package(
            name="@expo-google-fonts/noto-sans-sc",
            version="0.4.3",
            licence="OFL-1.1",
            folder="assets/fonts",
            files={
                "NotoSansSC-Regular.ttf": "400Regular/NotoSansSC_400Regular.ttf",
                "NotoSansSC-Bold.ttf": "700Bold/NotoSansSC_700Bold.ttf",
                "OFL.txt": "LICENSE_FONT",
            },
        ),
    ]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def download(package: Package, scratch: Path) -> Path:
    """Fetch one package's archive into ``scratch``."""
    place = scratch / package.name.replace("/", "+")
    place.mkdir()
    line = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    subprocess.run(line, cwd=place, check=True, stdout=subprocess.DEVNULL)
    (archive,) = place.glob("*.tgz")
    return archive


def contents(package: Package, scratch: Path) -> dict[str, bytes]:
    """Return what the package holds for each wanted target."""
    with tarfile.open(download(package, scratch)) as tar:
        opened = {target: tar.extractfile(f"package/{path}") for target, path in package.files.items()}
        return {target: stream.read() for target, stream in opened.items() if stream is not None}


def refresh_one(package: Package, scratch: Path, before: dict[str, Any]) -> dict[str, Any]:
    """Write a package's files and return its manifest entry.

    :raises SystemExit: when a file of an unchanged version is not the file known before.
    """
    folder = ROOT / package.folder
    folder.mkdir(parents=True, exist_ok=True)
    known = before.get("sha256", {}) if before.get("version") == package.version else {}
    hashes = {name: sha256((folder / name).read_bytes()) for name in package.kept}
    for target, content in contents(package, scratch).items():
        hashes[target] = sha256(content)
        if known.get(target, hashes[target]) != hashes[target]:
            raise SystemExit(f"{package.name}@{package.version}: {target} is not the file recorded before")
        (folder / target).write_bytes(content)
    for stale in {path.name for path in folder.iterdir()} - hashes.keys():
        (folder / stale).unlink()
    entry = {"version": package.version, "licence": package.licence, "folder": package.folder}
    return {**entry, "sha256": dict(sorted(hashes.items()))}


def refresh() -> int:
    known = json.loads(MANIFEST.read_text(encoding="utf-8")) if MANIFEST.exists() else {}
    with tempfile.TemporaryDirectory() as scratch:
        manifest = {p.name: refresh_one(p, Path(scratch), known.get(p.name, {})) for p in packages()}
    MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return check()


def faults_of(package: Package, entry: dict[str, Any]) -> list[str]:
    folder, hashes = ROOT / package.folder, entry.get("sha256", {})
    wanted = {*package.files, *package.kept}
    present = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    faults = [f"{package.folder}/{name}: missing" for name in sorted(wanted - present)]
    faults += [f"{package.folder}/{name}: not in the manifest" for name in sorted(present - set(hashes))]
    faults += [
        f"{package.folder}/{name}: differs from the manifest"
        for name in sorted(present & set(hashes))
        if sha256((folder / name).read_bytes()) != hashes[name]
    ]
    if entry.get("version") != package.version:
        faults.append(f"{package.name}: the manifest has version {entry.get('version')}, wanted {package.version}")
    return faults


def check() -> int:
    """Compare the committed files with the manifest; print what is wrong."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    faults = [fault for package in packages() for fault in faults_of(package, manifest.get(package.name, {}))]
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print("Run `make vendor`.", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["--check"] else refresh())
