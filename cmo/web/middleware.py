"""What every page says when something the product rests on is away."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cmo.storage import Unreachable

logger = logging.getLogger(__name__)


class FilesAway:
    """Answers 503 with a sentence when the service that keeps the files does not answer; the transaction is rolled back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Unreachable):
            return None
        logger.error("The storage of files does not answer: %s", exception)
        return render(request, "503.html", status=503)
