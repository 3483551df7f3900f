"""An S3 server, as a store for staging without a shared folder."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.request import Request, urlopen

from moto.moto_server.threaded_moto_server import ThreadedMotoServer

BUCKET: Final = "serviceportal"
STAGING: Final = f"s3://staging@{BUCKET}/serviceportal"
"""What SERVICEPORTAL_STAGING is set to; `staging` is the Airflow connection."""


def connection(address: str) -> str:
    """The connection `staging`, for AIRFLOW_CONN_STAGING."""
    extra = {"endpoint_url": address, "region_name": "eu-central-1"}
    return json.dumps({"conn_type": "aws", "login": "key", "password": "secret", "extra": extra})


@contextmanager
def object_store() -> Iterator[str]:
    """Yield the address of a server on this machine with an empty bucket."""
    _forget_stores()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells of each request
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        urlopen(Request(f"{address}/{BUCKET}", method="PUT"), timeout=60).close()
        yield address
    finally:
        server.stop()
        _forget_stores()


def _forget_stores() -> None:
    """Let Airflow forget to which address a connection led: each server has its own."""
    from airflow.sdk.io import store

    store._STORE_CACHE.clear()


def listed(address: str) -> list[str]:
    """The keys of all objects there."""
    with urlopen(f"{address}/{BUCKET}?list-type=2", timeout=60) as answer:
        return re.findall(r"<Key>(.*?)</Key>", answer.read().decode())
