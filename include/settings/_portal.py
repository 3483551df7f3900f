"""The open questions about the portal, with the answer that does no harm as default."""

from __future__ import annotations

from typing import Literal

from include.settings._values import Strict, described
from include.vocabulary.texts import Text


class PortalAnswers(Strict):
    """How the portal behaves where its documentation is silent; `make probe` measures it on a test property."""

    deleted_id: Literal["taken", "free"] = described(
        "taken",
        Text("Kennung eines gelöschten Datensatzes", "Id of a deleted record"),
        Text(
            "taken: bleibt vergeben, ein Ersatz bekommt die nächste Kennung; free: kann wieder vergeben werden.",
            "taken: stays taken, what replaces it gets the next id; free: can be given again.",
        ),
    )
    post_on_known_id: Literal["doubles", "refused", "updates"] = described(
        "doubles",
        Text("Anlegen unter bekannter Kennung", "Creating under a known id"),
        Text(
            "doubles: es entsteht ein zweiter Datensatz, darum wird im Zweifel vorher nachgesehen; refused: wird abgelehnt; updates: ändert den vorhandenen.",
            "doubles: makes a second record, so that in doubt it is looked up first; refused: is refused; updates: changes the one there is.",
        ),
    )
    omitted_field: Literal["cleared", "stays"] = described(
        "cleared",
        Text("Beim Ändern weggelassene Felder", "Fields left out of an update"),
        Text(
            "cleared: werden geleert, darum gehen eigene Felder des Portals unverändert mit; stays: bleiben, wie sie sind.",
            "cleared: are emptied, so the portal's own fields go along unchanged; stays: remain as they are.",
        ),
    )
    tickets_have_ids: bool = described(
        False,
        Text("Vorgänge aus dem Portal haben Kennungen", "Tickets made in the portal have ids"),
        Text(
            "Nein: Ein Vorgang ohne Kennung wird an seiner internalId erkannt.",
            "No: a ticket without an id is known by its internalId.",
        ),
    )
    comments_can_be_deleted: bool = described(
        True,
        Text("Notizen sind löschbar", "Comments can be deleted"),
        Text(
            "Nein: Es wird nicht versucht; Notizen, die das Portal nicht mehr zeigen darf, nennt das Protokoll sofort.",
            "No: it is not tried; comments that the portal must not show any more are named in the protocol at once.",
        ),
    )
