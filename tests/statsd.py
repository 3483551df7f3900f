"""A StatsD server on a free port, told of as Airflow's tasks are told of one."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from airflow.sdk._shared.observability.metrics.base_stats_logger import NoStatsLogger
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics import stats_utils

PACKET = re.compile(
    r"airflow\.(?P<name>serviceportal[\w.]+)(?P<labels>(?:,\w+=[^,:]+)*):(?P<value>[-\d.]+)\|(?P<kind>\w+)"
)


class Sample(NamedTuple):
    name: str
    labels: dict[str, str]
    value: float
    kind: str


class StatsD:
    """What was sent of this project's."""

    def __init__(self, server: socket.socket) -> None:
        self._server = server

    def samples(self) -> list[Sample]:
        """What has come since the last time of asking."""
        found = []
        while packet := self._next():
            for match in PACKET.finditer(packet):
                labels = dict(part.split("=") for part in match["labels"].split(",") if part)
                found.append(Sample(match["name"], labels, float(match["value"]), match["kind"]))
        return found

    def _next(self) -> str:
        try:
            return self._server.recv(65_536).decode()
        except BlockingIOError:
            return ""


@contextmanager
def statsd(environment: pytest.MonkeyPatch) -> Iterator[StatsD]:
    """Receive what this process sends to StatsD, as a task does that Airflow has started."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        server.bind(("127.0.0.1", 0))
        server.setblocking(False)
        given = {"ON": "True", "HOST": "127.0.0.1", "PORT": str(server.getsockname()[1]), "INFLUXDB_ENABLED": "True"}
        for name, value in given.items():
            environment.setenv(f"AIRFLOW__METRICS__STATSD_{name}", value)
        clients = []

        def made() -> Any:
            clients.append(stats_utils.get_stats_factory()())
            return clients[-1]

        stats.initialize(factory=made, export_legacy_names=False)
        try:
            yield StatsD(server)
        finally:
            for client in clients:
                client.statsd.close()
            stats.initialize(factory=NoStatsLogger, export_legacy_names=False)
