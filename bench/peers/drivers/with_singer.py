"""A target of Singer's SDK: batches of 1,000, sent by 16 threads; the tap keeps a mark.

python -m bench.peers.drivers.with_singer          the pipe of tap and target
python -m bench.peers.drivers.with_singer target   the target in it
"""

from typing import Any, ClassVar

from bench.peers.drivers.piping import begin


def target() -> None:
    from singer_sdk.sinks import BatchSink
    from singer_sdk.target_base import Target

    from bench.peers.drivers.sending import pool, send_all

    threads = pool()

    class Contacts(BatchSink):
        max_size = 1_000

        def process_batch(self, context: dict[str, Any]) -> None:
            send_all(threads, (record["body"] for record in context["records"]))

    class TargetPortal(Target):
        name = "target-portal"
        config_jsonschema: ClassVar[dict[str, Any]] = {"properties": {}}
        default_sink_class = Contacts

    TargetPortal.cli(args=[])


if __name__ == "__main__":
    begin("singer", target, lambda state: str(state["mark"]))
