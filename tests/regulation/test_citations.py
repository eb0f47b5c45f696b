"""Every citation key used anywhere in the product exists in the table of legal references.

Read from the sources: ``citation="KEY"`` in Python, ``citation: KEY`` in YAML, and, because rules also pass keys
through helpers and tables, every Python text that has the form of a key.
"""

import ast
import re
from pathlib import Path

import pytest

from cmo.regulation.references import all_references

ROOT = Path(__file__).resolve().parent.parent.parent
TOPS = ("cmo", "agreements", "releases", "audits")
KEYS = {item.key for item in all_references()}
FAMILIES = sorted(
    {item.document.key for item in all_references()} | {"QA", "DUTY", "CAT22", "UDI"}, key=len, reverse=True
)
SHAPE = re.compile(rf"(?:{'|'.join(FAMILIES)})-[A-Z0-9][A-Za-z0-9.-]*")
IN_YAML = re.compile(r"""\bcitation:\s*["']?([^"',}\s#]+)""")


def python_keys():
    for path in (path for top in TOPS for path in (ROOT / top).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.keyword) and node.arg == "citation" and isinstance(node.value, ast.Constant):
                yield place, node.value.value
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SHAPE.fullmatch(node.value):
                yield place, node.value


def yaml_keys():
    for path in (path for top in TOPS for suffix in ("*.yaml", "*.yml") for path in (ROOT / top).rglob(suffix)):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for key in IN_YAML.findall(line):
                yield f"{path.relative_to(ROOT)}:{number}", key


def test_every_citation_in_the_product_exists():
    unknown = [(place, key) for place, key in [*python_keys(), *yaml_keys()] if key and key not in KEYS]
    assert unknown == []


def test_the_scan_sees_the_citations_that_exist():
    assert len({key for _, key in python_keys()}) > 10


@pytest.mark.parametrize("text", ["N38-08", "GMP25-46-1", "GUIDE20-II4-6", "UDI-EXEMPT", "QA-21", "DUTY-AE", "O53-34"])
def test_the_scan_recognises_every_kind_of_key(text):
    assert SHAPE.fullmatch(text)
    assert text in KEYS


def test_keys_have_one_form_and_the_law_is_never_waivable():
    for item in all_references():
        assert re.fullmatch(r"[A-Z]+[0-9]*(?:-[A-Za-z0-9.]+)*", item.key), item.key
        assert item.basis in {"law", "announcement", "guide", "policy"}
