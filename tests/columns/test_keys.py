"""Looking rows up by keys: whatever is missing or doubled concerns its own record alone."""

import numpy as np
from pandas import Series

from include.columns.keys import occurs, positions
from include.rules.reports.ledger import families


def texts(*values: str | None) -> Series:
    return Series(values, dtype="str")


def test_each_key_is_found_in_its_row_and_a_missing_or_unknown_one_in_none() -> None:
    assert positions(texts("b", None, "x", "a"), texts("a", "b")).tolist() == [1, -1, -1, 0]


def test_of_a_key_that_occurs_twice_the_first_row_counts() -> None:
    keys = texts("a", "b", "b", None, None, "c")
    assert positions(texts("c", "b", None, "x", "a"), keys).tolist() == [5, 1, -1, -1, 0]
    assert occurs(texts("b", None), keys).tolist() == [True, False]


def test_where_nothing_is_looked_up_or_looked_into_nothing_is_found() -> None:
    assert positions(texts(), texts("a", "a")).tolist() == []
    assert np.array_equal(positions(texts("a"), texts()), [-1])


def test_an_id_with_additions_belongs_to_the_first_of_two_records_with_its_base() -> None:
    assert families(texts("M1~P~102", "M1", "M2~P"), texts("M0", "M1", "M1")).tolist() == [1, 1, -1]
