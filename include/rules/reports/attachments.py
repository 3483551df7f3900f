"""Public files of tickets and of their public notes; whatever belongs to an internal note stays internal (R44, O26)."""

from collections.abc import Mapping
from typing import Any, Final

from pandas import DataFrame, Series

from include.columns.keys import occurs, positions, taken
from include.rules.first_hit import first_hit
from include.rules.frames import DECIDED, nothing
from include.rules.outcomes import lines, parents
from include.rules.reports.comments import may_be_seen, on_tickets
from include.rules.reports.ledger import base_ids, families, finished, inbox_of, of_type
from include.rules.texts import cut_all
from include.rules.values import cleaned, is_true, iso, keyed, utc, warnings
from include.settings import SystemSettings
from include.vocabulary import ids, limits
from include.vocabulary.decision import NOT_UNIQUE, Decision
from include.vocabulary.signs import cut_name
from include.vocabulary.state import Origin

_BYTES_PER_MB: Final = 1 << 20
_TEXTS: Final = ("report_nr", "note_id", "file_name", "media_type", "origin")


def decide_attachments(
    views: Mapping[str, DataFrame],
    reports: DataFrame,
    classified: DataFrame,
    notes: DataFrame,
    known: DataFrame,
    settings: SystemSettings,
) -> DataFrame:
    """Decide on every file of a report or note.

    reports:    frames.REPORTS
    classified: frames.CLASSIFIED
    notes:      frames.NOTES
    known:      frames.LEDGER
    returns:    frames.DECIDED, with the fields of an attachment
    """
    written, ledger = views["report_files"], of_type(known, "attachment")
    if written.empty and ledger.empty:
        return nothing(DECIDED)
    files = cleaned(keyed(written, ["file_id"]), _TEXTS)
    note = taken(notes, positions(files["note_id"], notes["note_id"]))
    files = files.assign(report_nr=note["report_nr"].where(note["note_id"].notna(), files["report_nr"]))
    inbox = inbox_of(views["inbox"], "attachment")
    ticketed = on_tickets(files, base_ids(files["file_id"], inbox), reports, classified)
    is_from_portal = (files["origin"] == Origin.PORTAL) | occurs(files["file_id"], inbox["erp_id"])
    decided = _decide(files, note, ticketed, is_from_portal, ledger, settings)
    is_sent = decided["decision"] == Decision.SEND
    comment = note["external_id"].where(note["decision"] == Decision.SEND)
    above = lines(parents("ticket", ticketed["ticket_external_id"]), parents("comment", comment))
    is_long = files["file_name"].str.len().fillna(0) > limits.FILE_NAME
    records = decided.assign(
        external_id=ticketed["external_id"].mask(is_from_portal, ticketed["base_id"]),
        warnings=warnings(files.index, {"TEXT_CUT": is_long & is_sent}),
        properties=ticketed["property_nr"].fillna(""),
        parents=above.where(is_sent, ""),
        identity="",
        changed_at=utc(files["changed_at"]),
        source=ids.source("SP_ANHANG", files["file_id"]),
    )
    family = families(ledger["external_id"], ticketed["base_id"])
    return finished(records, _content(files, ticketed), ledger, family, superseded="AUDIENCE_CHANGED")


def _decide(
    files: DataFrame,
    note: DataFrame,
    ticketed: DataFrame,
    is_from_portal: "Series[bool]",
    ledger: DataFrame,
    settings: SystemSettings,
) -> DataFrame:
    size = files["size"]
    has_note, is_known = files["note_id"].notna(), note["note_id"].notna()
    is_limit = size > settings.limits.max_file_mb * _BYTES_PER_MB
    of_earlier_note = has_note & (note["reason"] == "BEFORE_AUDIENCE_CHANGED")
    is_meant = has_note | _is_new_to_audience(files, ticketed, ledger)
    return first_hit(
        files,
        (files["file_id"].duplicated(keep=False), Decision.INVALID, NOT_UNIQUE),
        (is_from_portal, Decision.WITHHOLD, "FROM_PORTAL"),
        (ticketed["is_doubled"] | (note["reason"] == NOT_UNIQUE), Decision.WITHHOLD, NOT_UNIQUE),
        (has_note & ~is_known, Decision.REMOVE, "UNKNOWN_NOTE"),
        (has_note & ~is_true(note["is_public"]), Decision.REMOVE, "NOTE_INTERNAL"),
        (~is_true(files["is_public"]), Decision.REMOVE, "FILE_INTERNAL"),
        (ticketed["report"] < 0, Decision.REMOVE, "UNKNOWN_REPORT"),
        (ticketed["is_left_alone"], Decision.WITHHOLD, "REPORT_LEFT_ALONE"),
        (~ticketed["is_ticket"], Decision.REMOVE, "REPORT_NOT_IN_PORTAL"),
        (of_earlier_note | ~is_meant, Decision.WITHHOLD, "BEFORE_AUDIENCE_CHANGED"),
        ((size == 0).fillna(False), Decision.INVALID, "FILE_EMPTY"),
        (is_limit.fillna(False), Decision.INVALID, "FILE_TOO_LARGE"),
        otherwise=(Decision.SEND, "FILE_PUBLIC"),
    )


def _is_new_to_audience(files: DataFrame, ticketed: DataFrame, ledger: DataFrame) -> "Series[bool]":
    """Return which files of a report itself its ticket's audience may see (E43).

    When a file was attached the ERP does not say, only when it changed: so what was ever sent to somebody else is never
    shown to this audience, whatever happened to it since.
    """
    family = families(ledger["external_id"], ticketed["base_id"])
    own = ticketed["external_id"].reindex(family).reset_index(drop=True)
    sent_to_others = Series(files.index).isin(family[(ledger["external_id"] != own).to_numpy()])
    is_meant = may_be_seen(ticketed, utc(files["changed_at"], earliest=True), ledger)
    is_own = occurs(ticketed["external_id"], ledger["external_id"])
    return is_meant & (~ticketed["ticket_has_history"] | is_own | ~sent_to_others)


def content_of(external_id: str, ticket_id: str, file: Mapping[str, Any]) -> dict[str, Any]:
    """Return what goes out of one file of a ticket, but for the file itself.

    file: file_id, file_name, media_type, size, changed_at (local)
    """
    row = DataFrame([{name: file[name] for name in ("file_id", "file_name", "media_type", "size", "changed_at")}])
    row = cleaned(keyed(row, ["file_id"]), ["file_name", "media_type"]).astype({"size": "Int64"})
    fields = _content(row, DataFrame({"ticket_external_id": [ticket_id]}, dtype="str")).astype(object)
    values = fields.where(fields.notna(), None).to_numpy().tolist()[0]
    return {"id": external_id, **dict(zip(fields.columns, values, strict=True))}


def _content(files: DataFrame, ticketed: DataFrame) -> DataFrame:
    name = files["file_name"].str.replace(r"^.*[/\\]", "", regex=True)
    named = name.mask(name == "").fillna(files["file_id"])
    return DataFrame(
        {
            "ticketId": ticketed["ticket_external_id"],
            "fileName": cut_all(named, limits.LINE, cut_name),
            "mediaType": files["media_type"],
            "size": files["size"],
            "version": iso(utc(files["changed_at"]), "s"),
            "isInternal": False,
        }
    )
