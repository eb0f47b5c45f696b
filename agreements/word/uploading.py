"""An upload that is too large is dropped while it streams in: neither memory nor disk takes more than the limit."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class Limited(FileUploadHandler):
    """Stands before the usual handlers; ``too_large`` says afterwards that a file was dropped."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit
        self.too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand the chunk on while the file is within the limit."""
        if start + len(raw_data) > self.limit:
            self.too_large = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        """The usual handlers make the file."""
        return
