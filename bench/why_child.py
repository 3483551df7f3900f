"""The process that bench/why.py starts."""

import json
import statistics
import time

ASKED = {
    "property": "100", "unit": "100/0001", "person": "129.R16.1", "owner": "5001000", "contract": "V-R22",
    "document": "D00000001", "report": "M-E43",
}  # fmt: skip


def ask(kind: str) -> float:
    """Return how long the way from a typed id to its answer takes, in seconds of the processor.

    All of it is computed in this process, and whoever else uses the machine meanwhile is not measured.
    """
    from include.ixhaus.database import open_engine
    from include.lookup.spelling import meant
    from include.lookup.why import Question, why
    from include.settings import load_settings
    from include.vocabulary.clock import utc_now

    engine, settings = open_engine("ixhaus_production"), load_settings("production")
    began = time.process_time()
    (one,) = meant(engine, "production", kind, ASKED[kind].lower()).ids
    assert why(engine, settings, Question("production", kind, one), utc_now()).verdicts
    return time.process_time() - began


def everything() -> float:
    """Return how long a person takes if all that there is is read."""
    from unittest.mock import patch

    from include.sync.run import Extract

    with patch("include.lookup.why.extract_for", lambda *_: Extract()):
        return ask("person")


if __name__ == "__main__":
    ask("person")  # once for what is imported on the way
    found = {kind: statistics.median(ask(kind) for _ in range(3)) for kind in ASKED}
    print(json.dumps({"everything": everything(), **found}))
