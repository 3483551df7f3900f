"""A destination of Airbyte's CDK: batches of 1,000, sent by 16 threads, then the mark that stands behind them.

python -m bench.peers.drivers.with_airbyte          the pipe of tap and destination
python -m bench.peers.drivers.with_airbyte target   the destination in it
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.peers.drivers.piping import begin

STREAM = {
    "stream": {"name": "persons", "json_schema": {"type": "object"}, "supported_sync_modes": ["incremental"]},
    "sync_mode": "incremental", "destination_sync_mode": "append_dedup",
}  # fmt: skip
SPECIFICATION = {"connectionSpecification": {"type": "object", "properties": {}, "additionalProperties": True}}


def target() -> None:
    from airbyte_cdk.destinations import Destination
    from airbyte_cdk.models import AirbyteConnectionStatus, AirbyteMessage, ConnectorSpecification, Status, Type

    from bench.peers.drivers.sending import pool, send_all

    threads = pool()

    class Portal(Destination):
        def write(
            self, config: Mapping[str, Any], configured_catalog: Any, input_messages: Iterable[AirbyteMessage]
        ) -> Iterator[AirbyteMessage]:
            bodies: list[str] = []
            for message in input_messages:
                if message.type == Type.RECORD:
                    bodies.append(message.record.data["body"])
                elif message.type == Type.STATE:
                    send_all(threads, bodies)
                    bodies = []
                    yield message

        def check(self, logger: Any, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
            return AirbyteConnectionStatus(status=Status.SUCCEEDED)

        def spec(self, *_: Any, **__: Any) -> ConnectorSpecification:
            return ConnectorSpecification(connectionSpecification=SPECIFICATION["connectionSpecification"])

    Path("config.json").write_text("{}", encoding="utf-8")
    Path("catalog.json").write_text(json.dumps({"streams": [STREAM]}), encoding="utf-8")
    Portal().run(["write", "--config", "config.json", "--catalog", "catalog.json"])


if __name__ == "__main__":
    begin("airbyte", target, lambda state: str(state["state"]["stream"]["stream_state"]["mark"]))
