"""When a run asks a person before something leaves the portal (E36)."""

from __future__ import annotations

from include.settings._values import Strict, described
from include.vocabulary.texts import Text


class RemovalGuard(Strict):
    """From how many removals on a run asks before it removes."""

    max_percent: float = described(
        10,
        Text("Anteil", "Share"),
        Text(
            "Mehr als dieser Anteil (in Prozent) der Datensätze im Portal wartet auf Freigabe.",
            "More than this share (in percent) of the records in the portal waits for approval.",
        ),
        ge=0,
        le=100,
    )
    max_count: int = described(
        200,
        Text("Anzahl", "Number"),
        Text("Mehr als diese Anzahl wartet auf Freigabe.", "More than this number waits for approval."),
        ge=0,
    )
    source_percent: float = described(
        70,
        Text("Quellen: Mindestanteil", "Sources: least share"),
        Text(
            "Liefert eine Sicht weniger als diesen Anteil (in Prozent) der Zeilen des letzten guten Laufs, wartet alles auf Freigabe, was durch sie aus dem Portal ginge.",
            "If a view returns less than this share (in percent) of the rows of the last good run, all that it would take from the portal waits for approval.",
        ),
        ge=0,
        le=100,
    )
    alike_from: int = described(
        20,
        Text("Doppelgänger ab", "Look-alikes from"),
        Text(
            "Ab so vielen Datensätzen einer Art, die kämen und gingen, wird gefragt, ob nur die Schlüssel anders geschrieben sind.",
            "From so many records of a type that would come and go, a person is asked whether only the keys are written differently.",
        ),
        ge=1,
        expert=True,
    )
    alike_percent: float = described(
        10,
        Text("Doppelgänger: Abweichung", "Look-alikes: difference"),
        Text(
            "Gilt, wenn sich die Zahl der kommenden von der der gehenden um höchstens so viel Prozent unterscheidet.",
            "Holds if the number of those that come differs from that of those that go by at most so many percent.",
        ),
        ge=0,
        le=100,
        expert=True,
    )
    approval_hours: float = described(
        72,
        Text("Freigabe gilt … Stunden", "Approval holds … hours"),
        Text(
            "So lange wartet eine Frage, und so lange gilt danach ihre Freigabe.",
            "So long a question waits, and so long its approval holds afterwards.",
        ),
        gt=0,
    )
