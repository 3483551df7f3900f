"""Where a document's attributes stand: in its own columns, or where a row of the DocuWare filter says (R30, O21)."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pandas import DataFrame, Series

from include.rules.values import cleaned
from include.settings import DocuWareCondition, DocuWareRow, SystemSettings

ATTRIBUTES: Final = {
    "recipient_type": "recipient_type_field",
    "property_nr": "property_field",
    "recipient_id": "recipient_field",
}
"""Attribute of a document → setting of a filter row that names the DMS field to take it from."""


def with_attributes(documents: DataFrame, settings: SystemSettings) -> DataFrame:
    """Return the documents with their attributes from the DMS fields where a filter row holds; the first one counts.

    documents: frames.DOCUMENTS
    returns:   frames.DESCRIBED
    """
    described = documents["dms_fields"].dropna() if settings.docuware_filter else documents["dms_fields"].iloc[:0]
    found = {index: _fields(text) for index, text in described.items()}
    rows = {
        index: (row, fields)
        for index, fields in found.items()
        if fields is not None and (row := _matching(settings.docuware_filter, fields))
    }
    columns = {
        name: _replaced(
            documents[name],
            {index: fields.get(field, "") for index, (row, fields) in rows.items() if (field := getattr(row, setting))},
        )
        for name, setting in ATTRIBUTES.items()
    }
    marks = {
        "has_row": documents.index.isin(list(rows)),
        "has_bad_fields": documents.index.isin([index for index, fields in found.items() if fields is None]),
    }
    return cleaned(documents.assign(**columns), ATTRIBUTES).assign(**marks)


def holds(condition: DocuWareCondition, fields: Mapping[str, str]) -> bool:
    """Whether one condition holds; a field that the document does not have equals nothing and differs from all."""
    found, wanted = fields.get(condition.field), condition.value
    if condition.operator == "!=":
        return found != wanted
    if found is None:
        return False
    if condition.operator == "starts_with":
        return found.startswith(str(wanted))
    return found in wanted if isinstance(wanted, list) else found == wanted


def _matching(rows: Iterable[DocuWareRow], fields: Mapping[str, str]) -> DocuWareRow | None:
    return next((row for row in rows if all(holds(condition, fields) for condition in row.conditions)), None)


def _fields(text: str) -> dict[str, str] | None:
    """Return the DMS fields as texts, empty ones left out; None if this is no JSON object."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    return {str(name): str(value).strip() for name, value in found.items() if value not in (None, "")}


def _replaced(column: Series, values: Mapping[Any, str]) -> Series:
    if not values:
        return column
    result = column.copy()
    result.loc[list(values)] = list(values.values())
    return result
