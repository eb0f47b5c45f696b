"""Real processes for races: SQLite hides them, threads share too much."""

import multiprocessing
from collections.abc import Callable
from typing import Any

from django.db import connections


def race(work: Callable[[int], Any], processes: int = 8) -> list[Any]:
    """Run ``work(number)`` in that many processes that start together; returns each result or exception by number."""
    connections.close_all()  # a connection must not be shared with a child
    context = multiprocessing.get_context("fork")
    start, answers = context.Barrier(processes), context.SimpleQueue()
    children = [context.Process(target=_run, args=(work, n, start, answers)) for n in range(processes)]
    for child in children:
        child.start()
    results = dict(answers.get() for _ in children)
    for child in children:
        child.join(timeout=60)
    return [results[number] for number in range(processes)]


def _run(work: Callable[[int], Any], number: int, start: Any, answers: Any) -> None:
    try:
        connections["default"].ensure_connection()
        start.wait(timeout=60)
        result: Any = work(number)
    except Exception as error:
        result = repr(error)
    finally:
        connections.close_all()
    answers.put((number, result))
