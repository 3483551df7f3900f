"""Bulletins at the pinboard: posted, taken down when they end, posted anew when they begin again (R40, E42, O18).

The ledger's `identity` of a post remembers which text was posted, and whether with a first export (see audience.py).
"""

from hashlib import blake2b

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import positions, taken
from include.rules.frames import DECIDED, nothing
from include.rules.outcomes import parents
from include.rules.reports.audience import write_marks
from include.rules.reports.ledger import families, finished, of_type
from include.rules.reports.texts import title_of
from include.rules.texts import is_any_cut, outbound
from include.rules.values import utc, warnings
from include.settings import SystemSettings
from include.vocabulary import ids
from include.vocabulary.decision import Decision
from include.vocabulary.state import MAYBE_HELD, State


def posts_for(reports: DataFrame, posts: DataFrame, is_sent: "Series[bool]", settings: SystemSettings) -> DataFrame:
    """Return under which id each report is or would be a post.

    reports: frames.REPORTS
    posts:   frames.REMEMBERED
    is_sent: whether it is to hang at the pinboard
    returns: frames.POST_IDS
    """
    own = reports["report_nr"].reindex(posts["report"]).reset_index(drop=True)
    numbers = list(map(ids.posting, posts["external_id"], own))
    last = posts.assign(number=numbers).sort_values(["report", "number"]).drop_duplicates("report", keep="last")
    latest = taken(last, positions(Series(reports.index), last["report"]))
    edition = _editions(title_of(reports), outbound(reports["text"]))
    is_over = latest["state"] == State.REMOVED
    is_changed = latest["audience"].fillna("").ne("") & (latest["audience"] != edition)
    if settings.repost_changed_bulletins:
        is_over |= is_changed & latest["state"].isin(MAYBE_HELD)
    is_again = is_sent & is_over
    again = ids.extended(reports["report_nr"], (latest["number"].fillna(1).astype(int) + 1).astype("str"))
    was_first = latest["is_first"].eq(True).fillna(False).astype(bool)
    return DataFrame(
        {
            "external_id": latest["external_id"].fillna(reports["report_nr"]).mask(is_again, again),
            "edition": edition,
            "is_first": was_first.where(latest["external_id"].notna() & ~is_again, reports["is_first_export"]),
        }
    )


def decide_posts(
    reports: DataFrame, posts: DataFrame, classified: DataFrame, known: DataFrame, settings: SystemSettings
) -> DataFrame:
    """Decide on every bulletin, and on what was one.

    reports:    frames.REPORTS
    posts:      frames.REMEMBERED
    classified: frames.CLASSIFIED
    known:      frames.LEDGER
    returns:    frames.DECIDED, with the fields of a post
    """
    rows = (reports["is_bulletin"] | Series(reports.index).isin(posts["report"])).to_numpy()
    ledger = of_type(known, "post")
    if not rows.any() and ledger.empty:
        return nothing(DECIDED)
    mine, decided = reports[rows].reset_index(drop=True), classified[rows].reset_index(drop=True)
    is_other = ~mine["is_bulletin"] & (decided["decision"] != Decision.REMOVE)
    text = outbound(mine["text"])
    content = DataFrame(
        {
            "title": title_of(mine),
            "text": text.fillna(title_of(mine)),
            "authorId": Series(settings.post_author, index=mine.index, dtype="str"),
            "propertyIds": Series([[number] for number in mine["property_nr"]], index=mine.index, dtype=object),
            "sharedWith": Series("ALL", index=mine.index, dtype="str"),
            # nobody is told of all that hangs there already when a property is released (E54)
            "notify": ~decided["post_is_first"],
        }
    )
    is_bulletin = decided["as_what"] == "bulletin"
    records = decided.assign(
        external_id=decided["post_external_id"],
        decision=decided["decision"].mask(is_other, Decision.REMOVE.value),
        warnings=warnings(mine.index, {"TEXT_CUT": is_any_cut(content, "title", "text") & is_bulletin}),
        properties=mine["property_nr"].fillna(""),
        parents=parents("property", mine["property_nr"]),
        identity=write_marks(decided["post_edition"], decided["post_is_first"], Series(pd.NaT, index=mine.index)),
        changed_at=utc(mine["changed_at"]),
        source=ids.source("SP_MELDUNG", mine["report_nr"]),
    )
    family = families(ledger["external_id"], mine["report_nr"])
    return finished(records, content, ledger, family, superseded="BULLETIN_REPLACED")


def _editions(titles: Series, texts: Series) -> Series:
    pairs = zip(titles.fillna(""), texts.fillna(""), strict=True)
    digests = [blake2b(f"{title}\n{text}".encode(), digest_size=8).hexdigest() for title, text in pairs]
    return Series(np.array(digests, dtype=object), index=titles.index).astype("str")
