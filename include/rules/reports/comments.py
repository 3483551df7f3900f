"""Public notes as comments of their report's ticket; an internal note never leaves iX-Haus (R44, R45, E43, E49)."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import occurs, positions, taken
from include.rules.first_hit import first_hit
from include.rules.frames import COMMENT
from include.rules.outcomes import parents
from include.rules.reports.classification import is_left_alone
from include.rules.reports.ledger import additions, base_ids, families, finished, inbox_of, of_type
from include.rules.reports.tickets import is_ticket
from include.rules.texts import is_cut, one_line, outbound
from include.rules.values import cleaned, is_true, keyed, utc, warnings
from include.vocabulary import ids
from include.vocabulary.decision import NOT_UNIQUE, Decision
from include.vocabulary.state import Origin


def notes_of(views: Mapping[str, DataFrame], reports: DataFrame, classified: DataFrame, known: DataFrame) -> DataFrame:
    """Return every note with its report's ticket and what is decided about it.

    reports:    frames.REPORTS
    classified: frames.CLASSIFIED
    known:      frames.LEDGER
    returns:    frames.NOTES, numbered from 0
    """
    notes = cleaned(keyed(views["notes"], ["note_id"]), ["report_nr", "text", "author", "created_by", "origin"])
    inbox = inbox_of(views["inbox"], "comment")
    ticketed = on_tickets(notes, base_ids(notes["note_id"], inbox), reports, classified)
    is_from_portal = (notes["origin"] == Origin.PORTAL) | occurs(notes["note_id"], inbox["erp_id"])
    # which of the two hours in October it was is not known: the earlier one, lest others read what came before
    is_meant = may_be_seen(ticketed, utc(notes["created_at"], earliest=True), of_type(known, "comment"))
    decided = first_hit(
        notes,
        (notes["note_id"].duplicated(keep=False), Decision.INVALID, NOT_UNIQUE),
        (is_from_portal, Decision.WITHHOLD, "FROM_PORTAL"),
        (ticketed["is_doubled"], Decision.WITHHOLD, NOT_UNIQUE),
        (~is_true(notes["is_public"]), Decision.REMOVE, "NOTE_INTERNAL"),
        (ticketed["report"] < 0, Decision.REMOVE, "UNKNOWN_REPORT"),
        (ticketed["is_left_alone"], Decision.WITHHOLD, "REPORT_LEFT_ALONE"),
        (~ticketed["is_ticket"], Decision.REMOVE, "REPORT_NOT_IN_PORTAL"),
        (~is_meant, Decision.WITHHOLD, "BEFORE_AUDIENCE_CHANGED"),
        (outbound(notes["text"]).isna(), Decision.WITHHOLD, "NOTE_EMPTY"),
        otherwise=(Decision.SEND, "NOTE_PUBLIC"),
    )
    external_id = ticketed["external_id"].mask(is_from_portal, ticketed["base_id"])
    return notes.join([ticketed.assign(external_id=external_id), decided]).assign(is_from_portal=is_from_portal)


def on_tickets(records: DataFrame, bases: Series, reports: DataFrame, classified: DataFrame) -> DataFrame:
    """Return for notes, orders or files which ticket they belong to, and under which id.

    records:    frames.BELOW_REPORTS
    bases:      the ids in the portal they would have if tickets never changed theirs
    reports:    frames.REPORTS
    classified: frames.CLASSIFIED
    returns:    frames.ON_TICKETS
    """
    report = positions(records["report_nr"], reports["report_nr"])
    own = reports.assign(addition=additions(classified["ticket_external_id"], reports["ticket_id"]))
    found = taken(own[["addition", "property_nr", "is_doubled"]], report)
    columns = ["as_what", "ticket_external_id", "ticket_has_history", "ticket_since"]
    marks = {"is_ticket": is_ticket(classified), "is_left_alone": is_left_alone(classified)}
    ticket = taken(classified[columns].assign(**marks), report)
    flags = {name: is_true(ticket[name]) for name in (*marks, "ticket_has_history")}
    return ticket.assign(
        **flags,
        is_doubled=is_true(found["is_doubled"]),
        report=report,
        base_id=bases,
        external_id=bases + found["addition"].fillna(""),
        property_nr=found["property_nr"],
    )


def may_be_seen(ticketed: DataFrame, made_at: Series, ledger: DataFrame) -> "Series[bool]":
    """Return which records the audience of their ticket may see (E43).

    A ticket that had another audience before shows only what was made since it is there for this one, and what was
    once sent to this one.

    ticketed: frames.ON_TICKETS
    made_at:  UTC
    ledger:   frames.LEDGER
    """
    is_since = (made_at > ticketed["ticket_since"]).fillna(False).astype(bool)
    return ~ticketed["ticket_has_history"] | is_since | occurs(ticketed["external_id"], ledger["external_id"])


def decide_comments(notes: DataFrame, orders: DataFrame, users: DataFrame, known: DataFrame) -> DataFrame:
    """Return the frame of all comments: notes, and those that commissionings yield.

    notes:   frames.NOTES
    orders:  frames.ORDERS
    users:   the view
    known:   frames.LEDGER
    returns: frames.DECIDED, with the fields of a comment
    """
    records = pd.concat([_note_records(notes, users), orders], ignore_index=True)
    is_sent = records["decision"] == Decision.SEND
    texts = outbound(records["text"])
    records = records.assign(
        warnings=warnings(records.index, {"TEXT_CUT": is_cut(texts) & is_sent}),
        properties=records["property_nr"].fillna(""),
        parents=parents("ticket", records["ticket_external_id"]).where(is_sent, ""),
        identity="",
    )
    content = _content(records["ticket_external_id"], texts, records["author"])
    ledger = of_type(known, "comment")
    family = families(ledger["external_id"], records["base_id"])
    return finished(records, content, ledger, family, superseded="AUDIENCE_CHANGED")


def contents_of(external_id: str, ticket_id: str, text: str, authors: Sequence[str | None]) -> list[dict[str, Any]]:
    """Return what goes out of a note that says this, once for each author whom it may name."""
    number = len(authors)
    texts, names = (Series(column, dtype="str") for column in ([text] * number, list(authors)))
    found = _content(Series([ticket_id] * number, dtype="str"), outbound(texts), names).astype(object)
    rows = found.where(found.notna(), None).to_numpy().tolist()
    return [{"id": external_id, **dict(zip(found.columns, row, strict=True))} for row in rows]


def content_of(
    external_id: str, ticket_id: str, note: Mapping[str, Any], users: Sequence[Mapping[str, Any]], *, is_personal: bool
) -> dict[str, Any]:
    """Return what goes out of one note of a ticket.

    note:        text, author, created_by
    users:       user_nr and name of those users who may be its author
    is_personal: whether the ticket is one contact's alone
    """
    row = DataFrame([{name: note[name] for name in ("text", "author", "created_by")}], dtype="str")
    row = cleaned(row, row.columns).assign(as_what="individual" if is_personal else "property")
    author = _authors(row, DataFrame(list(users), columns=["user_nr", "name"], dtype="str"))
    named = None if author.isna().iloc[0] else str(author.iloc[0])
    return contents_of(external_id, ticket_id, str(note["text"] or ""), [named])[0]


def _content(ticket_ids: Series, texts: Series, authors: Series) -> DataFrame:
    return DataFrame(
        {
            "ticketId": ticket_ids,
            "text": texts,
            "authorName": one_line(authors),
            "isInternal": False,
        }
    )


def _note_records(notes: DataFrame, users: DataFrame) -> DataFrame:
    return notes[[*COMMENT, "author"]].assign(
        author=_authors(notes, users),
        changed_at=utc(notes["changed_at"]),
        source=ids.source("SP_NOTIZ", notes["note_id"]),
    )


def _authors(notes: DataFrame, users: DataFrame) -> Series:
    named = cleaned(keyed(users, ["user_nr"]), ["name"])
    staff = taken(named[["name"]], positions(notes["created_by"], named["user_nr"]))["name"]
    # below a property report nobody but staff is named: an author could be the reporter (R41)
    is_shown = (notes["as_what"] != "property") | occurs(notes["author"], named["name"])
    return notes["author"].where(is_shown).fillna(staff)
