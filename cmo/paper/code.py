"""Two-dimensional codes as rectangles, to be drawn sharp at any size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import zxingcpp


@dataclass(frozen=True, slots=True)
class Symbol:
    """``size`` modules a side; ``runs``: row, first column and length of every dark run, from the top."""

    size: int
    runs: tuple[tuple[int, int, int], ...]


@lru_cache(maxsize=64)
def qr_code(text: str) -> Symbol:
    """The QR code of an address, without its quiet zone (four modules, left to the caller)."""
    return symbol_of(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M"))


def symbol_of(barcode: Any) -> Symbol:
    """The modules of a square barcode that was made, without its quiet zone."""
    modules: Any = barcode.to_image(scale=1, add_quiet_zones=False)
    rows: Any = memoryview(modules).tolist()
    runs = tuple((y, x, length) for y, row in enumerate(rows) for x, length in _dark_runs(row))
    return Symbol(len(rows), runs)


def _dark_runs(row: list[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = None
    for x, value in enumerate([*row, 255]):
        if value < 128 and start is None:
            start = x
        elif value >= 128 and start is not None:
            found.append((start, x - start))
            start = None
    return found
