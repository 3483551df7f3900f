"""By which way a contact hears of an event at a report: exactly one, or none (R42, E53, E54)."""

from typing import Final

import numpy as np
import pandas as pd
from pandas import DataFrame

from include.rules.values import is_true

PORTAL: Final = "portal"
EMAIL: Final = "email"
NONE: Final = "none"


def channels(events: DataFrame) -> DataFrame:
    """Return the one way by which each contact hears of each event.

    events:  frames.TELLING
    returns: frames.CHANNELS, one row per contact and event
    """
    pairs = events.drop_duplicates(["contact_id", "event"]).reset_index(drop=True)
    is_silent = is_true(pairs["is_first_export"]) | is_true(pairs["was_told"])
    is_registered, may_write = is_true(pairs["is_registered"]), is_true(pairs["notifies_unregistered"])
    has_email = pairs["email"].fillna("").astype("str").str.strip() != ""
    rows = [is_silent, is_registered, may_write & has_email]
    channel = np.select([row.to_numpy(dtype=bool) for row in rows], [NONE, PORTAL, EMAIL], default=NONE)
    is_unheard = ~is_silent & ~is_registered & may_write & ~has_email
    return pairs[["contact_id", "event"]].assign(
        channel=pd.array(channel, dtype="str"),
        warning=pd.array(np.where(is_unheard, "NOBODY_NOTIFIED", ""), dtype="str"),
    )
