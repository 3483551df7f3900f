"""What iX-Haus shows of the portal at a report: the field Serviceportal, and the two portal columns (R49, R50, O10)."""

from typing import Final

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import positions, taken
from include.rules.outcomes import newest
from include.rules.reports.classification import is_left_alone
from include.rules.values import keyed
from include.vocabulary.decision import Decision
from include.vocabulary.state import MAYBE_HELD, Origin, State

PENDING: Final = "PENDING"
SENT: Final = "SENT"
FAILED: Final = "FAILED"
WITHDRAWN: Final = "WITHDRAWN"


def portal_field(classified: DataFrame, ledger: DataFrame, failed: DataFrame | None = None) -> DataFrame:
    """Return the field Serviceportal of every report as it should read (R50, O8).

    classified: frames.SHOWN, so that field and export never disagree
    ledger:     frames.STATES
    failed:     frames.FAILURES, of this run
    returns:    frames.PORTAL_FIELD
    """
    keys = _keys(classified)
    state = taken(ledger[["state"]], positions(keys, _keys(ledger)))["state"].fillna("")
    failure = Series(pd.NA, index=keys.index, dtype="str")
    if failed is not None:
        first = failed.drop_duplicates(["record_type", "external_id"])
        failure = taken(first[["reason"]], positions(keys, _keys(first)))["reason"]
    decision = classified["decision"].reset_index(drop=True)
    is_left = is_left_alone(classified).reset_index(drop=True)  # staff have to see to it
    is_wanted, is_invalid = decision == Decision.SEND, decision == Decision.INVALID
    rows = {
        FAILED: is_invalid | failure.notna() | is_left,
        SENT: is_wanted & (state == State.PRESENT),
        PENDING: is_wanted | state.isin(MAYBE_HELD),  # to be sent, or to be taken out
        WITHDRAWN: state == State.REMOVED,
    }
    status = np.select([row.to_numpy(dtype=bool) for row in rows.values()], list(rows), default="")
    return DataFrame(
        {
            "report_nr": classified["report_nr"].reset_index(drop=True),
            "portal_status": pd.array(status, dtype="str"),
            "portal_reason": failure.fillna(classified["reason"].reset_index(drop=True)),
        }
    )


def columns_to_clear(reports: DataFrame, notes: DataFrame, report_user: str | None) -> Series:
    """Return the numbers of the reports whose portal columns staff have dealt with (R49, O10).

    They are cleared when a member of staff has saved the report, or written or saved a note below it, after the portal
    changed it; what the interface wrote itself, under its own user, clears nothing.

    reports:     frames.SAVED_REPORTS
    notes:       frames.SAVED_NOTES
    report_user: number of the interface's user
    """
    reports = keyed(reports, ["report_nr"])
    by_staff = reports["changed_by"].notna() & (reports["changed_by"] != report_user)
    own = pd.to_datetime(reports["changed_at"]).where(by_staff)
    mine = notes["created_by"].notna() & (notes["created_by"] != report_user) & (notes["origin"] != Origin.PORTAL)
    staff_notes = notes[mine]
    written = newest(pd.to_datetime(staff_notes["created_at"]), pd.to_datetime(staff_notes["changed_at"]))
    latest = written.groupby(staff_notes["report_nr"].astype("str")).max()
    of_notes = taken(latest.to_frame("at"), positions(reports["report_nr"], Series(latest.index)))["at"]
    saved = newest(own, of_notes)
    is_done = (saved > pd.to_datetime(reports["portal_changed_at"])).fillna(False)
    return reports.loc[is_done, "report_nr"].reset_index(drop=True)


def _keys(records: DataFrame) -> Series:
    return (records["record_type"].astype("str") + " " + records["external_id"].astype("str")).reset_index(drop=True)
