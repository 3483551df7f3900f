"""Telling what has changed: each state once on each way when it begins, once when it is over.

What a way could not take is tried again with the next look. Remembered is, per state, which ways believe that it
stands; that is written down after each message, so a message goes out twice only if the process dies in between.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from typing import Final

from include.alerts.memory import Memory, Standing
from include.alerts.notifiers import Alert, Way
from include.alerts.states import State, local
from include.alerts.texts import FRAME, KINDS, SYSTEMS
from include.groups import RUNS
from include.sync import links
from include.vocabulary.texts import Language, translator

OF_SYSTEM: Final = ("database", "settings")
"""Kinds of states while which nothing is known of the others."""


class Teller:
    """Tells of one system on all ways."""

    def __init__(self, language: Language, ways: Sequence[Way], memory: Memory, now: datetime) -> None:
        self._language, self._ways, self._memory, self._now = language, ways, memory, now
        self.told = self.unsent = 0

    def tell(self, states: Iterable[State]) -> None:
        """Send a message for each state that is new, or over, on each way that does not know so yet."""
        found = {state.key: state for state in states}
        for state in found.values():
            known = self._memory.standing.setdefault(state.key, Standing(self._now.isoformat()))
            for way in self._ways:
                if way.name not in known.told and self._sent(way, self._alert(state)):
                    known.told.append(way.name)
                    self._memory.keep()
        is_blind = any(state.kind in OF_SYSTEM for state in found.values())
        for key in self._memory.standing.keys() - found.keys():
            if not is_blind or key.split("/")[0] in OF_SYSTEM:
                self._end(key)
        self._memory.keep()

    def _end(self, key: str) -> None:
        """Say that a state is over to whoever believes that it stands."""
        known = self._memory.standing[key]
        kind, group, _ = key.split("/", 2)
        if kind not in KINDS or group not in ("", *RUNS):  # told by another version: nobody knows what it was
            del self._memory.standing[key]
            return
        names = [way.name for way in self._ways]
        known.told = [name for name in known.told if name in names]
        for way in self._ways:
            if way.name in known.told and self._sent(way, self._over(key, known)):
                known.told.remove(way.name)
                self._memory.keep()
        if not known.told:
            del self._memory.standing[key]

    def _sent(self, way: Way, alert: Alert) -> bool:
        is_sent = way.send(alert)
        self.told += is_sent
        self.unsent += not is_sent
        return is_sent

    def _alert(self, state: State) -> Alert:
        places = {name: text.said(self._language) for name, text in state.places.items()}
        about = KINDS[state.kind].about.said(self._language, **places).strip()
        return self._made(state.kind, state.group, about, state.link)

    def _over(self, key: str, known: Standing) -> Alert:
        kind, group, _ = key.split("/", 2)
        since = local(datetime.fromisoformat(known.since)).said(self._language)
        about = FRAME["is_over"].said(self._language, since=since)
        return self._made(kind, group, about, links.protocol(), is_over=True)

    def _made(self, kind: str, group: str, about: str, link: str, *, is_over: bool = False) -> Alert:
        t = translator(FRAME, self._language)
        name = KINDS[kind].name.said(self._language)
        what = f"{RUNS[group].label.said(self._language)}: {name}" if group else name
        system = SYSTEMS[self._memory.system].said(self._language)
        subject = t("subject", system=system, about=t("over", about=what) if is_over else what)
        link = link or links.protocol()
        return Alert(
            self._memory.system, group, kind, subject, "\n\n".join([subject, about, link]),
            "".join(paragraphs([subject, about], link)), link, is_over,
        )  # fmt: skip


def paragraphs(texts: Iterable[str], link: str) -> Iterator[str]:
    """Yield paragraphs of HTML, the last of them a link."""
    for text in texts:
        yield f"<p>{escape(text)}</p>\n"
    yield f'<p><a href="{escape(link)}">{escape(link)}</a></p>\n'
