"""The summary that staff get in the morning, in German: what waits for them, and where."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from html import escape
from typing import NamedTuple

from airflow.providers.smtp.notifications.smtp import SmtpNotifier

from include.alerts.memory import Store, Variables, recall
from include.alerts.notifiers import Alert, Way, of_smtp
from include.alerts.states import Look, State, standing
from include.alerts.texts import KINDS, MORNING, SYSTEMS
from include.alerts.watch import SECONDS
from include.groups import RUNS
from include.ixhaus.activation import why_off
from include.ixhaus.database import open_engine, read_snapshot
from include.lookup.corrections import to_correct
from include.lookup.lateness import last_whole, read_ended
from include.settings import load_settings
from include.sync import links
from include.vocabulary.clock import berlin_day, utc_now
from include.vocabulary.reasons import explain


class Point(NamedTuple):
    """One thing that waits, and the page about it."""

    text: str
    link: str


class UnsentError(Exception):
    """The summary could not be handed over; the message says by which connection."""


def send(system: str, clock: Callable[[], datetime] = utc_now, store: Store | None = None) -> int | None:
    """Send a system's summary to its recipients; returns how many points it has, None if iX-Haus itself has switched
    the interface off.

    raises: UnsentError; whatever the database raises
    """
    settings, now = load_settings(system), clock()
    engine = open_engine(settings.ixhaus_connection, SECONDS)
    if why_off(engine, berlin_day(now)):
        return None
    since = recall(Variables() if store is None else store, system, now).watched_since
    parts = list(_parts(Look(settings, engine, now, since)))
    number = sum(len(points) for _, points in parts)
    arguments = {**of_smtp(settings), "to": list(settings.alerts.morning_to)}
    if not Way("SmtpNotifier", SmtpNotifier, arguments).send(_written(system, parts, number)):
        raise UnsentError(f"the summary could not be handed over by {settings.mail_connection}; it is tried again")
    return number


def _parts(look: Look) -> Iterator[tuple[str, Sequence[Point]]]:
    """Yield heading and points of what waits."""
    states = standing(look)
    for heading, kinds in (("questions", ("question",)), ("set_aside", ("set_aside",)), ("behind", ("failed", "late"))):
        if points := [_point(state) for state in states if state.kind in kinds]:
            yield MORNING[heading], points
    if points := list(_corrections(look)):
        yield MORNING["records"], points


def _point(state: State) -> Point:
    places = {name: text.german for name, text in state.places.items()}
    about = KINDS[state.kind].about.german.format(**places)
    return Point(f"{RUNS[state.group].label.german}: {about}", state.link or links.protocol())


def _corrections(look: Look) -> Iterator[Point]:
    system = look.settings.system
    with read_snapshot(look.engine) as connection:
        found = to_correct(connection, system, last_whole(read_ended(connection, system)))
    for reason, count in found.items():
        yield Point(f"{count} × {explain(reason)}", links.protocol())


def _written(system: str, parts: Sequence[tuple[str, Sequence[Point]]], number: int) -> Alert:
    subject = MORNING["subject" if number else "nothing"].format(system=SYSTEMS[system].german, number=number)
    told = parts or [(MORNING["none"], [])]
    text = "\n".join(line for heading, points in told for line in (heading, *(f"- {one.text}" for one in points)))
    html = "".join(_html(heading, points) for heading, points in told)
    return Alert(system, "", "morning", subject, text, html, links.protocol())


def _html(heading: str, points: Sequence[Point]) -> str:
    items = "".join(f'<li><a href="{escape(one.link)}">{escape(one.text)}</a></li>\n' for one in points)
    return f"<p>{escape(heading)}</p>\n" + (f"<ul>\n{items}</ul>\n" if items else "")
