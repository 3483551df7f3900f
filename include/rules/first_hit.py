"""A rule as a table: when, what follows, why. The first row that applies wins."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from include.vocabulary.decision import Decision

Row = tuple["Series[bool]", Decision, str]


def first_hit(frame: DataFrame, *rows: Row, otherwise: tuple[Decision, str]) -> DataFrame:
    """Return decision and reason for every row of `frame`: those of the first table row whose condition holds.

    rows:      (condition: bool per row of `frame`, decision, reason code)
    otherwise: what follows when none applies
    returns:   frames.STAND
    """
    conditions = [condition.to_numpy(dtype=bool) for condition, _, _ in rows]
    outcomes = [*((decision, reason) for _, decision, reason in rows), otherwise]
    hit = np.select(conditions, list(range(len(rows))), default=len(rows))
    columns = {
        "decision": np.array([decision.value for decision, _ in outcomes], dtype=object)[hit],
        "reason": np.array([reason for _, reason in outcomes], dtype=object)[hit],
    }
    return DataFrame({name: pd.array(values, dtype="str") for name, values in columns.items()}, index=frame.index)
