"""Where bytes lie that belong to rows: a folder of this machine, or a bucket of an S3-compatible service.

Both keep one promise: under its name a file is whole, or there is none. It is filled beside and put in its place at the
end; a process that is killed before leaves nothing under the name. ``default_storage`` is one of the two (settings).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol, cast

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage
from storages.backends.s3 import S3Storage

#: Writes the whole content of a file; what it raises leaves nothing under the name.
Fill = Callable[[IO[bytes]], None]

NOT_FOUND = 404
#: Seconds to reach the service and to wait for it, and attempts; checksums of its own are not asked for, because not every
#: compatible service knows them: every file that is read is compared with its SHA-256 anyway.
PATIENCE = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"total_max_attempts": 3, "mode": "standard"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class Unreachable(Exception):
    """The service that keeps the files does not answer, or refuses: nothing is known of the file."""


class Keeping(Protocol):
    """What this product asks of a storage beyond Django's own interface."""

    def write(self, name: str, fill: Fill) -> None:
        """Have a file filled and put it in its place; what lay there before is replaced as a whole."""


class Folder(FileSystemStorage):
    """Files under ``MEDIA_ROOT``, as it is at the moment; written beside, flushed to the disk and renamed."""

    @property
    def base_location(self) -> str:  # type: ignore[override]
        return str(settings.MEDIA_ROOT)

    @property
    def location(self) -> str:  # type: ignore[override]
        return str(Path(self.base_location).absolute())

    def write(self, name: str, fill: Fill) -> None:
        place = Path(self.path(name))
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}-", suffix=".part")
        temporary = Path(beside)
        try:
            with os.fdopen(handle, "w+b") as file:
                fill(file)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o440)
            temporary.replace(place)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


class Bucket(S3Storage):
    """Objects of a bucket; filled in a nameless temporary file (``TMPDIR``) and uploaded when whole.

    The service itself shows an object only once its upload is complete.
    """

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {"client_config": PATIENCE, "max_memory_size": 2 * 1024 * 1024}

    def write(self, name: str, fill: Fill) -> None:
        with tempfile.TemporaryFile() as file:
            fill(file)
            self.save(name, File(file))

    def _open(self, name: str, mode: str = "rb") -> File:
        file = super()._open(name, mode)
        try:
            file.seek(0)  # fetches it
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == NOT_FOUND:
                raise FileNotFoundError(name) from error
            raise
        return file


def write(name: str, fill: Fill) -> None:
    """Have the file of this name filled and put it in its place, whole or not at all. :raises Unreachable:"""
    with _answering():
        cast("Keeping", default_storage).write(name, fill)


def opened(name: str) -> IO[bytes] | None:
    """The file at its beginning, to be closed by the caller; None where there is none of this name. :raises Unreachable:"""
    try:
        with _answering():
            return cast("IO[bytes]", default_storage.open(name, "rb"))
    except FileNotFoundError:
        return None


def size_of(name: str) -> int | None:
    """Bytes of the file, without reading it; None where there is none of this name. :raises Unreachable:"""
    try:
        with _answering():
            return default_storage.size(name)
    except FileNotFoundError:
        return None


def remove(name: str) -> None:
    """Take the file away, where there is one. :raises Unreachable:"""
    with _answering():
        default_storage.delete(name)


def folders(name: str) -> list[str]:
    """The folders in a folder, in order of their names."""
    return _listed(name)[0]


def names(name: str) -> list[str]:
    """The files in a folder, finished or not, in order of their names."""
    return _listed(name)[1]


def _listed(name: str) -> tuple[list[str], list[str]]:
    try:
        with _answering():
            inside, files = default_storage.listdir(name)
    except FileNotFoundError:
        return [], []
    return sorted(inside), sorted(files)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        raise Unreachable(str(error)) from error
