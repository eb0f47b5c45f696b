"""The house rules of docs/architecture.md, judged from the source text: arrows, names, sizes, writers and clocks.

Nothing is imported, so that a broken module is judged like any other. A place that does not exist yet is no fault; a
place that exists but has no floor in FLOORS is.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOPS = ("cmo", "agreements", "releases", "audits")

#: Highest first. A place may import from every lower floor and from itself, never from its own floor's neighbours.
FLOORS: list[set[str]] = [
    {"cmo.urls", "cmo.wsgi", "cmo.asgi", "cmo.settings", "cmo.checks"},
    {"cmo.home"},
    {"cmo.dossier", "cmo.calendar"},
    {"releases", "audits"},
    {"agreements"},
    {"cmo.catalogue"},
    {"cmo.parties"},
    {"cmo.regulation"},
    {"cmo.evidence"},
    {"cmo.signing"},
    {"cmo.trail"},
    {"cmo.web"},
    {
        "cmo.errors",
        "cmo.codes",
        "cmo.clock",
        "cmo.workdays",
        "cmo.duty",
        "cmo.narrow",
        "cmo.paper",
        "cmo.queue",
        "cmo.storage",
    },
]
LABELS = {place.rpartition(".")[2]: place for floor in FLOORS for place in floor}

FORBIDDEN_NAMES = {
    "utils.py",
    "helpers.py",
    "services.py",
    "util.py",
    "helper.py",
    "service.py",
    "common.py",
    "misc.py",
}
LONGEST_FUNCTION = 40
LONGEST_RULE = 15
#: Files that write rows although they hold no verbs, each with its reason.
WRITERS: dict[str, str] = {
    "cmo/parties/access.py": "projects grants to guardian's object permissions",
}
#: Files whose functions take the time as an argument.
TIMELESS = {"actions", "rules", "facts", "models", "duties"}
GUARDIAN = {"cmo/parties/access.py", "cmo/parties/models/relations.py"}  # the decider, and the projection's table
KEYWORD_ONLY = {"releases", "audits", "agreements", "cmo.catalogue"}
WRITES = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "abulk_create", "acreate"}


@dataclass(frozen=True)
class Source:
    """One Python file of the product."""

    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def roles(self) -> set[str]:
        """The file's own name and its folders below the app: ``actions`` for actions.py and for actions/people.py."""
        return set(self.module.split("."))


@cache
def sources() -> list[Source]:
    paths = sorted(path for top in TOPS for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts)
    return [Source(path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


def place_of(module: str) -> str | None:
    """The place on a floor that a module belongs to; None for a library or for the bare package ``cmo``."""
    parts = module.split(".")
    return next((p for n in (2, 1) if (p := ".".join(parts[:n])) in LABELS.values()), None)


def floor_of(place: str) -> int:
    return next(number for number, floor in enumerate(FLOORS) if place in floor)


def imported(source: Source) -> Iterator[tuple[int, str]]:
    """Every imported module with its line, also inside functions and as a model's name such as ``"parties.User"``."""
    package = source.module if source.path.name == "__init__.py" else source.module.rpartition(".")[0]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = re.fullmatch(r"([a-z_]+)\.[A-Z][A-Za-z]+", node.value)
            if found and found[1] in LABELS:
                yield node.lineno, LABELS[found[1]]


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    return (function.end_lineno or 0) - function.lineno + 1 - docstring_length(function)


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its signature and docstring."""
    return (function.end_lineno or 0) - function.body[0].lineno + 1 - docstring_length(function)


def docstring_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    return (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(function) is not None else 0


def orm_write(call: ast.Call) -> str | None:
    """The name of the ORM write a call makes; dict.update, workbook.save(path) and the like make none."""
    if not isinstance(call.func, ast.Attribute):
        return None
    method = call.func.attr
    plain = not call.args
    if method in WRITES and "objects" in ast.unparse(call.func.value):
        return method
    if method in {"save", "asave", "delete", "adelete"} and plain:
        return method
    if method in {"update", "aupdate"} and plain and call.keywords and all(word.arg for word in call.keywords):
        return method
    return None


def no_faults(faults: list[str]) -> None:
    assert not faults, "\n" + "\n".join(faults)


def test_every_module_of_the_product_has_a_floor() -> None:
    homeless = {s.name for s in sources() if s.module != "cmo" and place_of(s.module) is None}
    no_faults([f"{name}: its place is missing in FLOORS" for name in sorted(homeless)])


def test_imports_point_down_never_up_and_never_sideways() -> None:
    faults = []
    for source in sources():
        here = place_of(source.module)
        for line, module in imported(source):
            there = place_of(module)
            if here and there and here != there and floor_of(there) <= floor_of(here):
                faults.append(f"{source.name}:{line}: {here} must not know {there}")
    no_faults(faults)


def test_codes_know_no_django() -> None:
    faults = [
        f"{source.name}:{line}: imports {module}"
        for source in sources()
        if place_of(source.module) == "cmo.codes"
        for line, module in imported(source)
        if module.split(".")[0] == "django"
    ]
    no_faults(faults)


def test_rules_know_no_database_no_request_and_no_clock() -> None:
    banned = ("django.db", "django.http", "django.utils.timezone", "cmo.clock.now", "cmo.clock.today")
    faults = [
        f"{source.name}:{line}: a rule must not import {module}"
        for source in sources()
        if "rules" in source.roles
        for line, module in imported(source)
        if module.startswith(banned)
    ]
    faults += [
        f"{source.name}:{node.lineno}: a rule must not query"
        for source in sources()
        if "rules" in source.roles
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr == "objects"
    ]
    no_faults(faults)


def test_no_test_judges_seconds() -> None:
    stopwatch = re.compile(r"\b(perf_counter|process_time|thread_time)\b")
    found = [path.name for path in sorted((ROOT / "tests").rglob("*.py")) if stopwatch.search(path.read_text())]
    assert found == [Path(__file__).name], "count calls or queries (tests/effort.py); seconds belong to bench/"


def test_no_file_hides_behind_an_empty_name() -> None:
    no_faults([f"{source.name}: say what it is for" for source in sources() if source.path.name in FORBIDDEN_NAMES])


def test_every_module_says_why_it_exists() -> None:
    silent = [
        source.name
        for source in sources()
        if (source.tree.body or place_of(source.module) == source.module) and not ast.get_docstring(source.tree)
    ]
    no_faults([f"{name}: no docstring" for name in silent])


def test_no_folder_of_tests_hides_a_module_of_python() -> None:
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/__init__.py")}
    no_faults([f"tests/{name}: hides Python's own {name}" for name in sorted(folders & sys.stdlib_module_names)])


def test_functions_stay_short() -> None:
    faults = [
        f"{source.name}:{function.lineno}: {function.name} has {length(function)} lines, at most {LONGEST_FUNCTION}"
        for source in sources()
        for function in functions(source)
        if length(function) > LONGEST_FUNCTION
    ]
    no_faults(faults)


def test_rules_stay_shorter() -> None:
    faults = [
        f"{source.name}:{function.lineno}: {function.name} has {body_length(function)} lines, at most {LONGEST_RULE}"
        for source in sources()
        if "rules" in source.roles
        for function in functions(source)
        if body_length(function) > LONGEST_RULE
    ]
    no_faults(faults)


def test_only_actions_write() -> None:
    faults = [
        f"{source.name}:{node.lineno}: .{method}() belongs into actions.py"
        for source in sources()
        if "actions" not in source.roles and source.name not in WRITERS
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and (method := orm_write(node))
    ]
    no_faults(faults)


def test_every_listed_writer_still_exists() -> None:
    no_faults([f"{name}: listed as a writer but gone" for name in WRITERS if not (ROOT / name).exists()])


def test_time_is_an_argument_below_the_views() -> None:
    readings = re.compile(
        r"\b(timezone\.(now|localdate|localtime)|clock\.(now|today)|date\.today|datetime\.(now|today))$"
    )
    faults = [
        f"{source.name}:{node.lineno}: reads the clock with {ast.unparse(node)}"
        for source in sources()
        if TIMELESS & source.roles
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and readings.search(ast.unparse(node))
    ]
    faults += [
        f"{source.name}:{line}: imports {module}"
        for source in sources()
        if TIMELESS & source.roles
        for line, module in imported(source)
        if module in {"cmo.clock.now", "cmo.clock.today", "django.utils.timezone.now"}
    ]
    no_faults(faults)


def test_only_access_knows_guardian() -> None:
    faults = [
        f"{source.name}:{line}: imports {module}"
        for source in sources()
        if source.name not in GUARDIAN
        for line, module in imported(source)
        if module.split(".")[0] == "guardian"
    ]
    no_faults(faults)


def test_verbs_take_who_and_when_by_keyword_and_in_feature_apps_everything() -> None:
    faults = []
    for source in sources():
        for function in source.tree.body if "actions" in source.roles else []:
            if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
                continue
            by_position = {argument.arg for argument in [*function.args.posonlyargs, *function.args.args]}
            is_verb = any("atomic" in ast.unparse(decorator) for decorator in function.decorator_list)
            banned = by_position if place_of(source.module) in KEYWORD_ONLY else by_position & {"by", "at"}
            if is_verb and banned:
                faults.append(f"{source.name}:{function.lineno}: {function.name} takes {sorted(banned)} by position")
    no_faults(faults)


@pytest.mark.parametrize(
    ("line", "write"),
    [
        ("Lot.objects.create(number='1')", "create"),
        ("lot.save(force_insert=True)", "save"),
        ("Lot.objects.filter(pk=1).update(number='2')", "update"),
        ("lot.delete()", "delete"),
        ("words.update(other)", None),
        ("digest.update(b'x')", None),
        ("workbook.save(path)", None),
        ("Image.create(10)", None),
    ],
)
def test_the_writer_rule_tells_rows_from_other_things(line: str, write: str | None) -> None:
    (statement,) = ast.parse(line).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    assert orm_write(statement.value) == write


def test_the_arrow_rule_sees_relative_imports_late_imports_and_model_names() -> None:
    text = "from . import rules\ndef f():\n    from releases import actions\nuser = 'parties.User'\n"
    source = Source(ROOT / "agreements" / "facts.py", ast.parse(text))
    assert {place_of(module) for _, module in imported(source)} == {"agreements", "cmo.parties", "releases"}
