"""An S3-compatible service on this machine, spoken to over HTTP like any other, and the settings that name its buckets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

KEY = {"access_key": "key-of-tests", "secret_key": "secret-of-tests"}
_numbers = count(1)


@contextmanager
def running() -> Iterator[str]:
    """The address of a service that runs meanwhile."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def bucket_at(endpoint: str) -> dict[str, Any]:
    """The setting of the default storage for a new, empty bucket."""
    name = f"files-{next(_numbers)}"
    client_of(endpoint).create_bucket(Bucket=name)
    options = {"bucket_name": name, "location": "cmo", "endpoint_url": endpoint, "region_name": "us-east-1", **KEY}
    return {"BACKEND": "cmo.storage.Bucket", "OPTIONS": options}


def client_of(endpoint: str) -> Any:
    """The service spoken to past the product: to look, and to damage."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEY["access_key"],
        aws_secret_access_key=KEY["secret_key"],
    )
