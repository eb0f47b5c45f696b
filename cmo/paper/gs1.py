"""GS1 DataMatrix symbols, the carrier of UDI: real ones with FNC1 in front, which scanners announce as ``]d2``."""

from __future__ import annotations

from functools import lru_cache

import zxingcpp

from .code import Symbol, symbol_of

#: Modules of white that a DataMatrix needs around it; left to the caller.
QUIET_ZONE = 1


@lru_cache(maxsize=64)
def data_matrix(hri: str) -> Symbol:
    """The symbol of an element string in its printed form ``(01)…(17)…(10)…``, square and without its quiet zone.

    The printed form is what makes the encoder set FNC1 and separators; it judges no check digit of a GTIN, so the
    caller has the element string judged before.

    :raises ValueError: when the text is no element string or does not fit into a symbol.
    """
    made = zxingcpp.create_barcode(hri, zxingcpp.BarcodeFormat.DataMatrix, gs1=True, force_square=True)
    return symbol_of(made)
