"""Looking rows up by their keys, a whole column at a time.

Asked of Arrow: pandas makes an object of each text first, which takes many times the time and the memory.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pandas import DataFrame, Series

Rows = npt.NDArray[np.intp]
"""Row numbers of a frame that is numbered from 0; -1 stands for no row."""


def positions(wanted: Series, keys: Series) -> Rows:
    """Return for each wanted key the row number of that key in `keys`, -1 where there is none.

    Where a key occurs twice its first row counts: one record that is doubled must not end the work for all others.
    """
    found = pc.index_in(_in_arrow(wanted), value_set=_in_arrow(keys), skip_nulls=True)
    rows: Rows = pc.fill_null(found, pa.scalar(-1, found.type)).to_numpy(zero_copy_only=False).astype(np.intp)
    return rows


def occurs(wanted: Series, keys: Series) -> "Series[bool]":
    """Return which keys occur in `keys`; a missing one does not."""
    return Series(positions(wanted, keys) >= 0, index=wanted.index)


def taken(frame: DataFrame, rows: Rows) -> DataFrame:
    """Return the rows with these numbers, renumbered; -1 gives a row in which everything is missing."""
    return frame.reset_index(drop=True).reindex(rows).reset_index(drop=True)


def _in_arrow(column: Series) -> Any:
    values = pa.array(column, from_pandas=True)
    is_text = pa.types.is_string(values.type) or pa.types.is_null(values.type)
    return values.cast(pa.large_string()) if is_text else values
