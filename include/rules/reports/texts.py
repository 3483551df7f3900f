"""The title of a report (E50)."""

from pandas import DataFrame, Series

from include.rules.texts import one_line


def title_of(reports: DataFrame) -> Series:
    """Return a title in one line: the subject, else the name of the kind, else the number; the portal needs one.

    reports: frames.TITLED
    """
    return one_line(reports["subject"].fillna(reports["kind_name"]).fillna(reports["report_nr"]))
