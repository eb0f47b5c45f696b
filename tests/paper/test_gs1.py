"""UDI carriers: what is drawn as modules reads back as a real GS1 DataMatrix with the same content."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from cmo.codes.gs1 import check_digit, parse_gs1
from cmo.codes.gs1_writing import written
from cmo.paper.code import Symbol
from cmo.paper.gs1 import QUIET_ZONE, data_matrix
from cmo.paper.outlines import outline
from cmo.paper.pdf import Metadata, Modules, Sheet, Text, drawn
from cmo.paper.pdf.fonts import face
from cmo.paper.svg import drawn_svg

GTIN = "06901234567892"
HRI = f"(01){GTIN}(11)260508(17)290501(10)A-7/b_.9"
DAY = dt.date(2026, 5, 8)


def picture(symbol: Symbol, pixels: int = 6, quiet: int = QUIET_ZONE) -> Image.Image:
    """The symbol as black boxes on white with the smallest quiet zone allowed."""
    side = (symbol.size + 2 * quiet) * pixels
    image = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(image)
    for row, column, length in symbol.runs:
        left, top = (column + quiet) * pixels, (row + quiet) * pixels
        pen.rectangle((left, top, left + length * pixels - 1, top + pixels - 1), fill=0)
    return image


def read(image: Image.Image) -> Any:
    (found,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.DataMatrix)
    return found


def test_the_symbol_is_a_gs1_datamatrix_with_fnc1_in_front() -> None:
    found = read(picture(data_matrix(HRI)))
    assert found.symbology_identifier == "]d2"
    assert found.content_type == zxingcpp.ContentType.GS1
    assert found.text == HRI
    assert found.bytes == HRI.replace("(", "").replace(")", "").encode()


def test_a_separator_stands_only_where_one_is_needed() -> None:
    found = read(picture(data_matrix(f"(01){GTIN}(10)LOT1(21)S7")))
    assert found.bytes == f"01{GTIN}10LOT1\x1d21S7".encode()


@pytest.mark.parametrize("text", ["", "LOT1", "(01)123", "(10)批号", "(01)06901234567892(10)" + "A" * 21])
def test_what_is_no_element_string_gives_no_symbol(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        data_matrix(text)


LOTS = st.text("ABCXYZabcxyz0123456789-/_.+*:;=?!%&'\",<>", min_size=1, max_size=20)
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2060, 12, 31))


@settings(max_examples=200, deadline=None)
@given(lot=LOTS, item=st.integers(0, 99999), made=DAYS, life=st.integers(0, 3650))
def test_every_lot_reads_back_as_it_was_written(lot: str, item: int, made: dt.date, life: int) -> None:
    payload = f"06901234{item:05d}"
    gtin, expires = payload + check_digit(payload), made + dt.timedelta(days=life)
    done = written(gtin=gtin, made_on=made, expires_on=expires, lot=lot, today=made)
    assert done.errors == ()
    symbol = data_matrix(done.hri)
    assert symbol.size == 1 + max(row for row, _column, _length in symbol.runs)
    assert symbol.size == max(column + length for _row, column, length in symbol.runs)
    found = read(picture(symbol, pixels=4))
    assert (found.symbology_identifier, found.text) == ("]d2", done.hri)
    for scan in (found.text, found.bytes.decode()):
        fields = parse_gs1(scan, today=made).fields
        assert (fields["gtin"], fields["lot"]) == (gtin, lot)
        assert (fields["production_date"], fields["expiry_date"]) == (made.isoformat(), expires.isoformat())


@pytest.mark.parametrize("lot", ["", "A" * 21, "批1", "A 1", "A(1)", "A\x1d1", "Ä1", "A#1", "A\n"])
def test_a_lot_number_that_cannot_be_encoded_is_refused_with_words(lot: str) -> None:
    done = written(gtin=GTIN, made_on=DAY, expires_on=None, lot=lot, today=DAY)
    assert [error.code for error in done.errors] == ["gs1.lot_cannot_be_encoded"]
    assert done.hri == ""


def test_a_wrong_check_digit_and_reversed_dates_are_refused_although_the_encoder_takes_them() -> None:
    wrong = written(gtin="06901234567890", made_on=DAY, expires_on=None, lot="A1", today=DAY)
    assert [error.code for error in wrong.errors] == ["gs1.check_digit"]
    reversed_days = written(gtin=GTIN, made_on=DAY, expires_on=dt.date(2025, 1, 1), lot="A1", today=DAY)
    assert "gs1.expires_before_production" in [error.code for error in reversed_days.errors]


def test_a_day_of_another_century_is_refused_instead_of_written_wrongly() -> None:
    done = written(gtin=GTIN, made_on=DAY, expires_on=dt.date(2090, 1, 1), lot="A1", today=DAY)
    assert done.errors


def test_dates_not_known_are_left_out() -> None:
    assert written(gtin=GTIN, made_on=DAY, expires_on=None, lot="A1", today=DAY).hri == f"(01){GTIN}(11)260508(10)A1"


def test_a_symbol_on_paper_reads_back_at_300_dpi(tmp_path: Path) -> None:
    symbol = data_matrix(HRI)
    side = symbol.size * 0.62 * 72 / 25.4
    sheet = Sheet(120, 120, 0, 0, 0, 0)
    about = Metadata("标签", "", "", "zh-CN")
    (tmp_path / "code.pdf").write_bytes(drawn([[Modules(30, 30, side, symbol)]], sheet, lambda _p, _o: (), about))
    subprocess.run(["pdftoppm", "-r", "300", "-png", tmp_path / "code.pdf", tmp_path / "code"], check=True)
    found = read(Image.open(next(tmp_path.glob("code*.png"))))
    assert (found.symbology_identifier, found.text) == ("]d2", HRI)


def modules_of(svg: bytes) -> Symbol:
    """The modules that an SVG draws, read from its path."""
    path = re.search(rb'class="modules"[^>]* d="([^"]*)"', svg)
    assert path is not None
    runs = tuple(
        (int(row), int(column), int(length))
        for column, row, length in re.findall(rb"M(\d+) (\d+)h(\d+)v1h-\d+z", path[1])
    )
    return Symbol(1 + max(row for row, _c, _l in runs), runs)


def test_the_modules_of_an_svg_read_back() -> None:
    svg = drawn_svg([Modules(10, 10, 40, data_matrix(HRI))], 100, 60, title="标签", description="")
    found = read(picture(modules_of(svg)))
    assert (found.symbology_identifier, found.text) == ("]d2", HRI)


def test_text_in_an_svg_is_drawn_as_outlines_and_never_read_as_markup() -> None:
    evil = "<script>alert(1)</script>&\x07"
    shown = Text(1, 10, face().drawable(evil), face().name, 8)
    svg = drawn_svg([shown], 100, 60, title=evil, description=evil).decode()
    assert "<script" not in svg
    assert "<text" not in svg
    assert "&lt;script&gt;" in svg
    assert "[U+0007]" in svg
    assert svg.count('xlink:href="#r63"') >= 1  # the letter c


def test_an_outline_encloses_the_area_that_the_font_paints() -> None:
    """Every curve flattened and filled by the even-odd rule against what the font library paints of the same letter."""
    from PIL import ImageFont

    from cmo.paper.pdf.fonts import FOLDER

    font = ImageFont.truetype(io.BytesIO((FOLDER / "NotoSansSC-Regular.ttf").read_bytes()), 400)
    for character in "日生A1é":
        painted = Image.new("L", (480, 600), 0)
        ImageDraw.Draw(painted).text((20, 500), character, font=font, fill=255, anchor="ls")
        ours = filled(outline(character).path, 0.4, 20, 500)
        differs = sum(1 for a, b in zip(painted.tobytes(), ours.tobytes(), strict=True) if abs(a - b) > 128)
        assert differs < 0.06 * sum(1 for value in painted.tobytes() if value > 128), character


def filled(path: str, scale: float, left: int, base: int) -> Image.Image:
    """The outline painted by winding number: contours of our fonts turn against each other where a hole is."""
    total = [[0] * 480 for _ in range(600)]
    for contour in path.split("Z")[:-1]:
        points = flattened(contour)
        area = sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True))
        mask = Image.new("1", (480, 600), 0)
        ImageDraw.Draw(mask).polygon([(left + x * scale, base - y * scale) for x, y in points], fill=1)
        for place, value in enumerate(mask.convert("L").tobytes()):
            if value:
                total[place // 480][place % 480] += 1 if area < 0 else -1
    image = Image.new("L", (480, 600), 0)
    image.putdata([255 if value else 0 for row in total for value in row])
    return image


def flattened(contour: str) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for command, numbers in re.findall(r"([MLQ])([^MLQ]*)", contour):
        values = [float(number) for number in numbers.split()]
        if command != "Q":
            points.append((values[0], values[1]))
            continue
        (ax, ay), (bx, by, cx, cy) = points[-1], values
        for step in range(1, 9):
            t = step / 8
            points.append(
                (
                    (1 - t) ** 2 * ax + 2 * t * (1 - t) * bx + t * t * cx,
                    (1 - t) ** 2 * ay + 2 * t * (1 - t) * by + t * t * cy,
                )
            )
    return points
