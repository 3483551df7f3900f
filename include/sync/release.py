"""Turning removals that were held back into questions for a person."""

from collections.abc import Iterable
from typing import Any, Final

from include.sync.flow import dag_name

_QUESTION: Final = (
    "System {system}, Gruppe {group}: so viele Datensätze würden entfernt oder verlören ihren Zugang zum Portal:"
)


def open_questions(events: Iterable[Any]) -> list[dict[str, Any]]:
    """Return one question per system and group, from the newest of the given asset events.

    events:  asset events whose `extra` holds system, group, removals (record type → [count, held]) and a sample of ids
    returns: dicts with dag_id, conf (for the run that removes) and text; no personal data
    """
    newest = {(event.extra["system"], event.extra["group"]): event.extra for event in events}
    return [_question(extra) for _, extra in sorted(newest.items())]


def _question(extra: dict[str, Any]) -> dict[str, Any]:
    lines = [f"- {kind}: {count} von {held}" for kind, (count, held) in extra["removals"].items()]
    largest = max(count for count, _ in extra["removals"].values())
    return {
        "dag_id": dag_name(extra["group"], extra["system"]),
        "conf": {"release_removals": True, "release_at_most": largest},
        "text": "\n".join([_QUESTION.format(**extra), *lines, "", "Beispiele: " + ", ".join(extra["sample"])]),
    }
