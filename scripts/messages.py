"""Translations without gettext's programs: collect messages, fill in Chinese, compile, check.

    scripts/messages.py extract [APP…]          bring catalogues up to date; keep translations, drop what nobody uses
    scripts/messages.py missing [APP…]          print what lacks Chinese as JSON {message: ""}
    scripts/messages.py fill FILE [APP…]        merge FILE (.json object or .tsv: message, tab, Chinese) and compile
    scripts/messages.py compile [APP…]          write the .mo files
    scripts/messages.py check                   list every fault; exit 1 when there is one

Messages are English; the one catalogue language is Chinese. An app's messages (its Python files, its templates, and
``templates/<app>/``) live in the app's own catalogue, everything else in ``locale/``. Catalogues are sorted and carry
neither dates nor line numbers, so that two people's changes rarely meet. ``.po`` and ``.mo`` are both committed.
In FILE a message with a context is written ``context|message``, with ``\\n`` for a line break in a .tsv.
"""

import argparse
import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polib
from django.template.base import Lexer, Token, TokenType
from django.utils.translation import trim_whitespace
from django.utils.translation.template import block_re, constant_re, endblock_re, inline_re, plural_re

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale", "zh_Hans", "LC_MESSAGES", "django.po")
SHARED = "shared"  # the top-level catalogue
IN_SHARED = {"cmo.home"}
HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Plural-Forms": "nplurals=1; plural=0;",
}
PLACEHOLDER = re.compile(r"%\([^)]+\)[sd]|%[sd]|\{[a-z_][a-z0-9_.]*\}")
COTTON_ATTRIBUTE = re.compile(r""":[\w.-]+\s*=\s*("[^"]*"|'[^']*')""")
# Position of (context, message, plural) among the arguments of each function.
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}


class Fault(Exception):
    """A message that cannot be collected, with its place."""


@dataclass(frozen=True)
class Message:
    """One translatable text as the run time asks for it."""

    text: str
    plural: str = ""
    context: str | None = None

    @property
    def key(self) -> str:
        return f"{self.context}|{self.text}" if self.context else self.text


# ── where messages belong ────────────────────────────────────────────────────────────────────────────────────────────


@cache
def apps() -> dict[str, Path]:
    """Return the project's own apps, label to folder, in the order of the settings."""
    tree = ast.parse((ROOT / "cmo" / "settings.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "INSTALLED_APPS":
            names = [name for name in ast.literal_eval(node.value) if name not in IN_SHARED]
            folders = {name.rpartition(".")[2]: ROOT.joinpath(*name.split(".")) for name in names}
            return {label: folder for label, folder in folders.items() if folder.is_dir()}
    raise SystemExit("cmo/settings.py has no literal INSTALLED_APPS")


def owner(path: Path) -> str:
    """Return the catalogue a source file belongs to."""
    parts = path.relative_to(ROOT).parts
    if parts[0] == "templates":
        return parts[1] if parts[1] in apps() and len(parts) > 2 else SHARED
    return next((label for label, folder in apps().items() if path.is_relative_to(folder)), SHARED)


def catalogue_path(label: str) -> Path:
    return (ROOT if label == SHARED else apps()[label]) / CATALOGUE


def sources() -> Iterator[Path]:
    """Yield the Python files and templates of the product, without tests and migrations."""
    for top in ("cmo", "agreements", "releases", "audits", "templates"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


# ── Python ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def literal(call: ast.Call, position: int | None, place: str) -> str | None:
    """Return a text argument; None for a value that is no text in the source, which some other line marks."""
    if position is None or position >= len(call.args):
        return None
    argument = call.args[position]
    if isinstance(argument, ast.JoinedStr):
        raise Fault(f"{place}:{call.lineno}: an f-string cannot be translated; use %(name)s")
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def python_messages(text: str, place: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in FUNCTIONS:
            context, message, plural = (literal(node, position, place) for position in FUNCTIONS[name])
            if message:
                yield Message(message, plural or "", context)


# ── templates ────────────────────────────────────────────────────────────────────────────────────────────────────────


def unquoted(quoted: str | None) -> str | None:
    return quoted[1:-1] if quoted else None


def tag_messages(token: Token) -> Iterator[Message]:
    """Yield the messages inside one tag, variable or piece of plain text (attributes of components)."""
    if token.token_type == TokenType.TEXT:
        pieces = [attribute for attribute in COTTON_ATTRIBUTE.findall(token.contents) if "_(" in attribute]
    else:
        pieces = [token.contents]
        if token.token_type == TokenType.BLOCK and (found := inline_re.match(token.contents)):
            # Run time doubles percent signs before it looks the text up.
            yield Message(found[1][1:-1].replace("%", "%%"), context=unquoted(found[3]))
    for piece in pieces:
        for quoted in constant_re.findall(piece):
            yield Message(quoted[1:-1].replace("%", "%%"))


def block_message(opening: Token, body: list[Token], place: str) -> Message:
    """Return the message between {% blocktranslate %} and its end, as run time builds it."""
    parts: list[list[str]] = [[]]
    for token in body:
        if token.token_type == TokenType.TEXT:
            parts[-1].append(token.contents.replace("%", "%%"))
        elif token.token_type == TokenType.VAR:
            parts[-1].append(f"%({token.contents})s")
        elif token.token_type == TokenType.BLOCK and plural_re.match(token.contents):
            parts.append([])
        elif token.token_type == TokenType.BLOCK:
            raise Fault(f"{place}:{token.lineno}: a tag inside blocktranslate: {token.contents}")
    texts = ["".join(part) for part in parts]
    if "trimmed" in opening.split_contents():
        texts = [trim_whitespace(text) for text in texts]
    found = block_re.match(opening.contents)
    return Message(texts[0], texts[1] if len(texts) > 1 else "", unquoted(found[2]) if found else None)


def template_messages(text: str, place: str) -> Iterator[Message]:
    opening: Token | None = None
    body: list[Token] = []
    commented = False
    for token in Lexer(text).tokenize():
        block = token.contents if token.token_type == TokenType.BLOCK else ""
        if commented:
            commented = block != "endcomment"
        elif block.split(" ")[0] == "comment":
            commented = True
        elif opening is not None and endblock_re.match(block):
            yield block_message(opening, body, place)
            opening, body = None, []
        elif opening is not None:
            body.append(token)
        else:
            if block_re.match(block):
                opening = token
            yield from tag_messages(token)


# ── catalogues ───────────────────────────────────────────────────────────────────────────────────────────────────────


def collect() -> dict[str, dict[str, tuple[Message, set[str]]]]:
    """Return for every catalogue its messages by key, each with the files that use it."""
    found: dict[str, dict[str, tuple[Message, set[str]]]] = {label: {} for label in [*apps(), SHARED]}
    for path in sources():
        place, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        read = python_messages if path.suffix == ".py" else template_messages
        for message in read(text, place):
            known, places = found[owner(path)].get(message.key, (message, set()))
            best = known if known.plural else message
            found[owner(path)][message.key] = (best, places | {place})
    return found


def key_of(entry: polib.POEntry) -> str:
    return f"{entry.msgctxt}|{entry.msgid}" if entry.msgctxt else entry.msgid


def chinese(entry: polib.POEntry) -> str:
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def set_chinese(entry: polib.POEntry, text: str) -> None:
    if entry.msgid_plural:
        entry.msgstr_plural = {0: text}
    else:
        entry.msgstr = text


def load(label: str) -> dict[str, polib.POEntry]:
    path = catalogue_path(label)
    return {key_of(e): e for e in polib.pofile(str(path)) if not e.obsolete} if path.exists() else {}


def catalogue(entries: list[polib.POEntry]) -> polib.POFile:
    file = polib.POFile(wrapwidth=0)
    file.metadata = HEADER
    file.extend(sorted(entries, key=lambda entry: (entry.msgid, entry.msgctxt or "")))
    return file


def write(label: str, entries: list[polib.POEntry]) -> None:
    path = catalogue_path(label)
    if not entries:
        path.unlink(missing_ok=True)
        path.with_suffix(".mo").unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{catalogue(entries)}".rstrip("\n") + "\n", encoding="utf-8")


def compiled(label: str) -> bytes:
    return catalogue(list(load(label).values())).to_binary()


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def extract(labels: list[str]) -> None:
    found = collect()
    elsewhere = {key: chinese(entry) for label in found for key, entry in load(label).items() if chinese(entry)}
    for label in labels:
        before, entries = load(label), []
        for key, (message, places) in found[label].items():
            entry = polib.POEntry(msgid=message.text, msgctxt=message.context)
            entry.occurrences = [(place, "") for place in sorted(places)]
            if message.plural:
                entry.msgid_plural = message.plural
            if key in before:
                entry.tcomment = before[key].tcomment
            set_chinese(entry, chinese(before[key]) if key in before else elsewhere.get(key, ""))
            entries.append(entry)
        write(label, entries)


def compile_(labels: list[str]) -> None:
    for label in labels:
        if (path := catalogue_path(label)).exists():
            path.with_suffix(".mo").write_bytes(compiled(label))


def missing(labels: list[str]) -> None:
    empty = {key: "" for label in labels for key, entry in load(label).items() if not chinese(entry)}
    print(json.dumps(empty, ensure_ascii=False, indent=1))


def read_translations(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return dict(json.loads(text))
    rows = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return {row[0].replace("\\n", "\n"): row[1].replace("\\n", "\n") for row in rows}


def fill(path: Path, labels: list[str]) -> None:
    """Write translations into every chosen catalogue that has the message; say which nobody has."""
    given, used = read_translations(path), set()
    for label in labels:
        entries = load(label)
        for key in given.keys() & entries.keys():
            used.add(key)
            if given[key]:
                set_chinese(entries[key], given[key])
                entries[key].flags = []
        write(label, list(entries.values()))
    compile_(labels)
    for key in sorted(given.keys() - used):
        print(f"no catalogue has: {key}", file=sys.stderr)


def entry_faults(entry: polib.POEntry) -> Iterator[str]:
    """Yield what is wrong with one translation."""
    text = chinese(entry)
    if not text.strip():
        yield "no Chinese"
    elif entry.fuzzy:
        yield "fuzzy"
    else:
        wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural or ""))
        if (given := set(PLACEHOLDER.findall(text))) != wanted:
            yield f"placeholders {sorted(given)} instead of {sorted(wanted)}"
        if entry.msgid.startswith("\n") != text.startswith("\n") or entry.msgid.endswith("\n") != text.endswith("\n"):
            yield "line breaks at the ends differ"


def catalogue_faults(label: str, wanted: dict[str, tuple[Message, set[str]]]) -> Iterator[str]:
    path, entries = catalogue_path(label), load(label)
    place = path.relative_to(ROOT).as_posix()
    for key in sorted(wanted.keys() - entries.keys()):
        yield f"{place}: not collected ({', '.join(sorted(wanted[key][1]))}): {key!r}"
    for key in sorted(entries.keys() - wanted.keys()):
        yield f"{place}: nobody uses it: {key!r}"
    for key, entry in sorted(entries.items()):
        yield from (f"{place}: {fault}: {key!r}" for fault in entry_faults(entry))
    binary = path.with_suffix(".mo")
    if path.exists() and (not binary.exists() or binary.read_bytes() != compiled(label)):
        yield f"{place}: the .mo file is older; run `scripts/messages.py compile`"


def contradictions(labels: list[str]) -> Iterator[str]:
    """Yield messages translated differently in two catalogues: Django merges them all, so one would win silently."""
    seen: dict[str, tuple[str, str]] = {}
    for label in labels:
        for key, entry in load(label).items():
            text, first = seen.setdefault(key, (chinese(entry), label))
            if chinese(entry) and text and text != chinese(entry):
                yield f"{first} says {text!r}, {label} says {chinese(entry)!r}: {key!r}; agree, or give one a context"


def check() -> int:
    found = collect()
    faults = [fault for label, wanted in found.items() for fault in catalogue_faults(label, wanted)]
    faults += contradictions(list(found))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def main() -> int:
    """Run one command; see the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["extract", "missing", "fill", "compile", "check"])
    parser.add_argument("rest", nargs="*", metavar="APP")
    options = parser.parse_args()
    file = Path(options.rest.pop(0)) if options.command == "fill" and options.rest else None
    every = [*apps(), SHARED]
    if unknown := set(options.rest) - set(every):
        parser.error(f"no such app: {', '.join(sorted(unknown))}; choose from {', '.join(every)}")
    labels = options.rest or every
    try:
        if options.command == "check":
            return check()
        if options.command == "fill":
            if file is None:
                parser.error("fill needs a file")
            fill(file, labels)
        else:
            {"extract": extract, "missing": missing, "compile": compile_}[options.command](labels)
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
