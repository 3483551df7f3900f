"""The hash of each kind of content is what it was: with another one, all that the portal holds would be sent again."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame, Series

from include.casavi.payloads import DocumentPayload, TicketPayload
from include.casavi.payloads._fields import Payload
from include.groups import GROUPS
from include.sync import contents
from include.sync.contents import content_hash, sealed, with_content
from include.sync.decide import imported
from include.vocabulary.decision import CONTROL_COLUMNS

Content = dict[str, Any]
SECRET = b"a secret"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | TEXTS
    | st.lists(TEXTS)
    | st.fixed_dictionaries({"k": TEXTS})
)
MODELS: dict[str, type[Payload]] = {
    record_type: imported(dotted) for group in GROUPS.values() for record_type, dotted in group.record_types.items()
}
GOLDEN: dict[str, tuple[str, Content]] = {
    "property": ("ee2f33d97e42c7c8bb5ea0e4e4074bf7", {
        "id": "100", "name": "Musterstr. 1", "number": "100", "note": None, "country": "DE", "city": "Musterstadt",
        "postalCode": "00000", "mscNumber": None, "mscProviderName": None, "mscProviderIdentifier": None,
        "addresses": [{"street": "Musterstr. 1"}, {"street": "Musterstr. 3"}],
    }),
    "unit": ("6b209978db564ebfb905803380e4d1bc", {
        "id": "100/1", "propertyId": "100", "name": "1. OG links", "number": "1", "address": "Musterstr. 1",
        "usage": "Privat", "note": None, "mscNumber": None,
    }),
    "contact": ("ec5d9397b16621d6a951941b9436ce2a", {
        "id": "100.1.1", "title": None, "salutation": "Frau", "firstName": "Kim", "lastName": "Müster",
        "companyName": None, "companyRole": None, "email": "kim@example.org", "telephone": None, "mobile": None,
        "fax": None, "website": None, "street": None, "postalCode": None, "city": None, "country": None,
        "preferredWayOfContact": "ONLINE", "portalUser": True,
    }),
    "contract": ("8160eb19b01ba3d0ffab1d0c22bd81fc", {
        "id": "V1", "type": "RENTER", "number": "V1", "propertyId": "100", "unitId": "100/1", "contactId": "100.1.1",
        "startDate": "2024-01-01", "endDate": None,
    }),
    "responsibility": ("1023c85c46c8f1015f3f75ec3fa5fa48", {
        "id": "100", "responsibilities": [{
            "contactId": "P1", "roleName": "Hausmeister", "isVisibleInPortal": True, "isVisibleOnPinboard": False,
            "email": None, "telephone": "030 1",
        }],
    }),
    "document": ("9940cf35b719c432b8da3cac45254ec5", {
        "id": "D1", "title": "Ihr Schreiben", "documentType": "Anschreiben", "propertyId": None, "unitId": None,
        "contactId": "100.1.1", "sharedWith": None, "fileName": "brief.pdf", "storage": "DATENBANK", "path": None,
        "rendition": "ORIGINAL", "version": 1, "size": 1000, "convert": False,
    }),
    "ticket_type": ("547fd40cd058f3c66f3dc3a8aa2dc1e7", {
        "id": "HEIZ", "name": "Heizung", "category": "Technik", "description": None,
    }),
    "ticket": ("8d81fd1918989982ff52c58aca75c78e", {
        "id": "M1", "ticketTypeId": "HEIZ", "title": "Heizung kalt", "description": "Seit gestern.", "status": "OPEN",
        "propertyId": "100", "unitId": "100/1", "contactId": "100.1.1",
    }),
    "comment": ("9d9bab51ed2138d65894eed72069213e", {
        "id": "N1", "ticketId": "M1", "text": "Der Techniker kommt.", "authorName": "Nora", "isInternal": False,
    }),
    "attachment": ("232f4e97b846592c25fa966639bf91e9", {
        "id": "F1", "ticketId": "M1", "fileName": "foto.jpg", "mediaType": "image/jpeg", "size": 1000,
        "version": "2026-06-02T07:00:00", "isInternal": False,
    }),
    "post": ("e2bfaadd5b749bb64a960dadd5e64835", {
        "id": "M2", "title": "Wasser abgestellt", "text": "Am Montag.", "authorId": "S1", "propertyIds": ["100"],
        "sharedWith": "ALL", "notify": True,
    }),
}  # fmt: skip
"""Record type → a content as the rules decide it, and its hash."""
WHAT_TO_DO = """
The hash of a {record_type} is {found}, no longer {golden}: an installation that updates sends every {record_type} once
more. If nothing but the order or the making of the content was to change, keep what it says as it was. If a field came,
went or changed, that cannot be otherwise: write the new hash here, and in the release notes what is sent again.
VERSION of {model} is raised only when everything shall be sent again although its content stays the same.
"""


def staged_hash(content: Mapping[str, Any], version: int = 1, secret: bytes | None = SECRET) -> str:
    """The hash of a record that the rules decide to send with this content, its columns in this order."""
    row = {**dict.fromkeys(CONTROL_COLUMNS, ""), "decision": "send", **content}
    return str(with_content(DataFrame([row]), version, secret)["hash"][0])


def turned(value: Any) -> Any:
    """The same content with the fields of every object in the opposite order."""
    if isinstance(value, dict):
        return {name: turned(value[name]) for name in reversed(value)}
    return [turned(one) for one in value] if isinstance(value, list) else value


def test_every_record_type_has_a_golden_hash() -> None:
    assert set(GOLDEN) == set(MODELS)


@pytest.mark.parametrize("record_type", GOLDEN)
def test_a_content_has_the_hash_it_always_had(record_type: str) -> None:
    (golden, content), model = GOLDEN[record_type], MODELS[record_type]
    model.model_validate_json(json.dumps(content))  # complete: a new field must come into the content above
    found = staged_hash(content, model.VERSION, None)
    told = WHAT_TO_DO.format(record_type=record_type, found=found, golden=golden, model=model.__name__)
    assert found == golden, told
    assert content_hash(content, model.VERSION, None) == golden, told


@pytest.mark.parametrize("record_type", GOLDEN)
def test_the_ledger_has_the_same_hash_sealed_with_the_secret(record_type: str) -> None:
    (golden, content), version = GOLDEN[record_type], MODELS[record_type].VERSION
    assert staged_hash(content, version) == content_hash(content, version, SECRET) == sealed(golden, SECRET)
    assert sealed(golden, b"another") != sealed(golden, SECRET) != golden


@pytest.mark.parametrize("record_type", GOLDEN)
def test_the_order_of_fields_is_no_change(record_type: str) -> None:
    _, content = GOLDEN[record_type]
    assert list(turned(content)) == list(content)[::-1]
    assert staged_hash(turned(content)) == staged_hash(content)
    assert content_hash(turned(content), 1, SECRET) == content_hash(content, 1, SECRET)


@given(names=st.permutations(list(GOLDEN["contact"][1])))
def test_columns_may_stand_in_any_order(names: list[str]) -> None:
    _, content = GOLDEN["contact"]
    assert staged_hash({name: content[name] for name in names}) == staged_hash(content)


def test_the_order_within_a_list_is_a_change() -> None:
    _, content = GOLDEN["property"]
    assert staged_hash({**content, "addresses": content["addresses"][::-1]}) != staged_hash(content)


def test_another_version_of_a_model_sends_everything_once_more() -> None:
    _, content = GOLDEN["unit"]
    assert content_hash(content, 2, SECRET) != content_hash(content, 1, SECRET)


def test_each_model_has_a_version_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DocumentPayload, "VERSION", 2)
    assert (DocumentPayload.VERSION, TicketPayload.VERSION) == (2, 1)


@given(
    st.lists(st.fixed_dictionaries(dict.fromkeys("ab", VALUES) | {"c": st.none() | TEXTS}), min_size=1, max_size=5),
    st.sampled_from([1, 2, 20_000]),
)
def test_contents_are_what_json_makes_of_each_record(rows: list[dict[str, Any]], rows_at_once: int) -> None:
    control = {name: ["x"] * len(rows) for name in CONTROL_COLUMNS} | {"decision": ["send"] * len(rows)}
    columns = {name: Series([row[name] for row in rows], dtype=object) for name in "ab"}
    texts = Series([row["c"] for row in rows], dtype="str")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(contents, "_ROWS_AT_ONCE", rows_at_once)
        staged = with_content(DataFrame({**control, **columns, "c": texts}), 1, SECRET)
    wanted = [json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for row in rows]
    assert staged["content"].to_pylist() == wanted
    assert staged["hash"].to_pylist() == [content_hash(row, 1, SECRET) for row in rows]
