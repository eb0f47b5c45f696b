"""What a piece of work costs, told in ways that do not depend on how busy the machine is.

Benchmarks measure seconds, as ratios, in `bench/`; a test only counts calls, or tells work that ends from work that hangs.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds of wall time after which work that should take far less than one counts as hanging.
HANGING = 60.0


def calls(work: Callable[[], object]) -> int:
    """The number of function calls, of Python and of C, that `work()` makes: the same on every run, whatever else runs."""
    count = 0

    def seen(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@contextmanager
def ends() -> Iterator[None]:
    """Fail when the work within hangs: hostile input cost more than any machine under load explains."""
    began = time.monotonic()
    yield
    taken = time.monotonic() - began
    assert taken < HANGING, f"took {taken:.0f} s"
