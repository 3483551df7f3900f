"""What is found of a record, with what the ledger needs to know of one that it adopts: where it belongs, below what it
stands, and which group sends it.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from include.sync.group import Group
from include.sync.reconcile.desired import parsed
from include.sync.reconcile.findings import Finding, forms, judge, parts
from include.vocabulary import ids
from include.vocabulary.decision import EXTERNAL_ID

_AT_ONCE = 100_000


def found_of(
    record_type: str, groups: Sequence[Group], desired: pd.DataFrame, known: pd.DataFrame, portal: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """Yield what findings.judge says, a part of the records at a time.

    groups:  those that are reconciled; what only another one knows is no finding
    returns: as findings.judge, and belongs_to, stands_below, sender, identity_portal (for whom it is), is_newer
             (iX-Haus has changed since what the portal does not show)
    """
    ours = _forms_of(desired[EXTERNAL_ID]) | _forms_of(known[EXTERNAL_ID])
    names = {group.name for group in groups}
    is_shared = any(group.shared.get(record_type, group.name) not in names for group in groups)
    for sides in parts(desired, known, portal):
        judged = judge(*sides, ours)
        if is_shared:
            unknown = judged["finding"].isin([Finding.ORPHAN, Finding.FOREIGN])
            judged["finding"] = judged["finding"].mask(unknown, "")
        yield _placed(record_type, groups, judged)


def _forms_of(external_ids: pd.Series) -> set[str]:
    starts = range(0, len(external_ids), _AT_ONCE)
    return {form for start in starts for form in forms(external_ids.iloc[start : start + _AT_ONCE]).unique()}


def _placed(record_type: str, groups: Sequence[Group], judged: pd.DataFrame) -> pd.DataFrame:
    units = judged[EXTERNAL_ID if record_type == "unit" else "unit_id_portal"]
    houses = judged[EXTERNAL_ID if record_type == "property" else "property_id_portal"]
    place = houses.fillna(units.map(ids.property_of, na_action="ignore").astype("str"))
    is_opaque = any(record_type in group.parcels for group in groups)  # its content is not shown
    made = parsed(judged["created_at_portal"])
    return judged.assign(
        belongs_to=judged["properties"].fillna(judged["properties_known"]).fillna(place),
        stands_below=judged["parents"].replace("", None).fillna(_lines(judged)),
        sender=judged["sender"].fillna(next(one.name for one in groups if record_type in one.record_types)),
        identity_portal=judged["identity_portal"].fillna(judged["identity"]),
        # a change at an unknown time is taken for newer; what the portal gives no time for, such as a file of a report,
        # is taken for what bears its name
        is_newer=made.notna() & ~(judged["changed_at"] <= made).fillna(False).astype(bool) & is_opaque,
    )


def _lines(judged: pd.DataFrame) -> pd.Series:
    """Return the parents of records as the portal names them."""
    columns = {"property": "property_id", "unit": "unit_id", "contact": "contact_id", "ticket": "parent"}
    found = [ids.typed(kind, judged[f"{name}_portal"]) for kind, name in columns.items()]
    lines = found[0].fillna("")
    for one in found[1:]:
        lines = lines + (ids.LINE + one).fillna("")
    return lines.str.strip(ids.LINE).replace("", None)
