"""Taking in a file from a stranger: onto the disk as it comes, up to a limit, and gone when the answer is given."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

#: What a form needs besides its file.
ROOM = 64 << 10


class LimitedUpload(TemporaryFileUploadHandler):
    """Writes to a temporary file and stops as soon as more came than allowed, whatever the request had announced."""

    def __init__(self, request: Any, largest: int) -> None:
        super().__init__(request)
        self.largest, self.came, self.too_large = largest, 0, False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Count over all files of the request."""
        self.came += len(raw_data)
        if self.came > self.largest:
            self.too_large = True
            self.upload_interrupted()
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Nothing of a file that was stopped."""
        return None if self.too_large else super().file_complete(file_size)
