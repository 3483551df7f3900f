"""Whether a report goes to the portal, as what, and why not: one decision for sending and for staff (R34–R41, O7)."""

from datetime import date
from typing import Final

import numpy as np
from pandas import DataFrame, Series

from include.rules.documents import cut_off
from include.rules.first_hit import first_hit
from include.rules.frames import OF_REPORT, VERDICT
from include.rules.reports.audience import audiences, tickets_for
from include.rules.reports.posts import posts_for
from include.rules.reports.sources import Sources
from include.rules.values import days
from include.settings import SystemSettings
from include.vocabulary.decision import NOT_UNIQUE, Decision
from include.vocabulary.state import Origin

NEVER_THERE: Final = ("CLOSED_BEFORE_FIRST_EXPORT", "TOO_OLD")
"""Why a report is withheld that the portal has never had."""
AS_WHAT: Final = {"BULLETIN": "bulletin", "PROPERTY_REPORT": "property", "INDIVIDUAL": "individual"}


def shown(sources: Sources, decided: DataFrame) -> DataFrame:
    """Return of every report what staff see and what becomes of it is told by.

    decided: frames.CLASSIFIED
    returns: frames.SHOWN
    """
    return decided[list(VERDICT)].join(sources.reports[list(OF_REPORT)])


def is_left_alone(classified: DataFrame) -> "Series[bool]":
    """Return which reports were made in the portal and cannot be placed here: their tickets stay there as they are,
    open and with all that is below them, until staff have seen to it (E46, E38).

    classified: frames.VERDICT
    """
    return (classified["decision"] == Decision.WITHHOLD) & ~classified["reason"].isin(NEVER_THERE)


def classified(sources: Sources, settings: SystemSettings, today: date) -> DataFrame:
    """Decide on every report, as a ticket and as a post.

    returns: frames.CLASSIFIED
    """
    reports = sources.reports
    decided = _decide(reports, settings, today)
    goes_out = decided["decision"] == Decision.SEND
    as_what = decided["reason"].map(AS_WHAT).astype("str").where(goes_out, "")
    audience = audiences(reports, as_what)
    tickets = tickets_for(reports, sources.tickets, audience).add_prefix("ticket_")
    posts = posts_for(reports, sources.posts, as_what == "bulletin", settings).add_prefix("post_")
    is_post = reports["is_bulletin"]
    return decided.assign(
        report_nr=reports["report_nr"],
        as_what=as_what,
        is_first_export=reports["is_first_export"],
        record_type=Series(np.where(is_post, "post", "ticket"), index=reports.index, dtype="str"),
        external_id=posts["post_external_id"].where(is_post, tickets["ticket_external_id"]),
        audience=audience,
    ).join([tickets, posts])


def _decide(reports: DataFrame, settings: SystemSettings, today: date) -> DataFrame:
    is_bulletin, is_closed = reports["is_bulletin"], reports["is_closed"]
    is_for_all = is_bulletin | reports["is_property_wide"]
    # followed to its end once the portal knows it (O14), whatever its age; a bulletin also after it was taken down
    is_followed = reports["is_held"] | reports["is_full_history"] | (is_bulletin & reports["was_posted"])
    is_old = (days(reports["reported_at"]) < cut_off(today)).fillna(False)
    is_old &= settings.open_reports_cutoff == "last_calendar_year"
    has_nobody = ~is_for_all & ~reports["is_user"]
    # what was made in the portal is not closed there because nobody here knows whose it is, or where it belongs
    is_theirs = reports["origin"] == Origin.PORTAL
    is_lost = is_theirs & (reports["property_nr"].isna() | reports["contact_id"].isna())
    is_fresh = is_theirs & ~reports["was_sent"]  # staff lock what is answered already, not what has just come in
    is_of_other_team = ~reports["is_team_released"]
    is_known = is_followed | reports["was_known"]  # one that was withdrawn meanwhile comes back (E11)
    has_no_author = Series(not settings.post_author, index=reports.index)
    return first_hit(
        reports,
        (reports["is_doubled"],                Decision.INVALID,  NOT_UNIQUE),
        (~reports["is_in_range"] & ~is_lost,   Decision.REMOVE,   "PROPERTY_NOT_RELEASED"),
        (~reports["is_released"] & is_theirs,  Decision.WITHHOLD, "KIND_NOT_RELEASED"),
        (~reports["is_released"],              Decision.REMOVE,   "KIND_NOT_RELEASED"),
        (reports["is_locked"] & is_fresh,      Decision.WITHHOLD, "KIND_LOCKED"),
        (reports["is_locked"],                 Decision.REMOVE,   "KIND_LOCKED"),
        (is_of_other_team & is_theirs,         Decision.WITHHOLD, "TEAM_NOT_RELEASED"),
        (is_of_other_team,                     Decision.REMOVE,   "TEAM_NOT_RELEASED"),
        (has_nobody & is_theirs,               Decision.WITHHOLD, "NO_PORTAL_CONTACT"),
        (has_nobody,                           Decision.REMOVE,   "NO_PORTAL_CONTACT"),
        (~reports["is_in_range"],              Decision.WITHHOLD, "PROPERTY_NOT_RELEASED"),
        (~is_followed & is_closed,             Decision.WITHHOLD, "CLOSED_BEFORE_FIRST_EXPORT"),
        (~is_known & is_old,                   Decision.WITHHOLD, "TOO_OLD"),
        (is_bulletin & is_closed,              Decision.REMOVE,   "BULLETIN_ENDED"),
        (is_bulletin & has_no_author,          Decision.INVALID,  "NO_POST_AUTHOR"),
        (is_bulletin,                          Decision.SEND,     "BULLETIN"),
        (reports["is_property_wide"],          Decision.SEND,     "PROPERTY_REPORT"),
        otherwise=(Decision.SEND, "INDIVIDUAL"),
    )  # fmt: skip
