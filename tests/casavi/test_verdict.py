"""What an answer of the portal means, told apart from any network."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.casavi.verdict import Expected, Verdict, judge, retry_after

NOW = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
RECORD = b'{"id": "104/001", "name": "EG links"}'
PAGE = b"<!DOCTYPE html><html><body>Wartungsarbeiten</body></html>"


def verdict(status: int, body: bytes = RECORD, expected: Expected = Expected.RECORD) -> Verdict:
    return judge(status, body, "104/001", expected)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (100, Verdict.FAULT),
        (200, Verdict.DONE),
        (201, Verdict.DONE),
        (301, Verdict.STOP),
        (302, Verdict.STOP),
        (304, Verdict.STOP),
        (400, Verdict.REFUSED),
        (401, Verdict.LOGIN),
        (403, Verdict.DENIED),
        (404, Verdict.MISSING),
        (405, Verdict.REFUSED),
        (408, Verdict.FAULT),
        (409, Verdict.TAKEN),
        (410, Verdict.MISSING),
        (413, Verdict.REFUSED),
        (422, Verdict.REFUSED),
        (425, Verdict.WAIT),
        (429, Verdict.WAIT),
        (500, Verdict.FAULT),
        (502, Verdict.FAULT),
        (503, Verdict.FAULT),
        (504, Verdict.FAULT),
        (599, Verdict.FAULT),
    ],
)
@pytest.mark.parametrize("answer", [Expected.RECORD, Expected.NOTHING])
def test_the_status_says_what_to_do(status: int, expected: Verdict, answer: Expected) -> None:
    assert verdict(status, expected=answer) is expected


@pytest.mark.rule("R54")
@pytest.mark.parametrize(
    ("status", "of_a_record", "of_a_list"),
    [
        (400, Verdict.REFUSED, Verdict.REFUSED),
        (403, Verdict.CLOSED, Verdict.STOP),
        (404, Verdict.CLOSED, Verdict.MISSING),
        (405, Verdict.CLOSED, Verdict.REFUSED),
        (409, Verdict.TAKEN, Verdict.TAKEN),
        (410, Verdict.CLOSED, Verdict.MISSING),
        (413, Verdict.REFUSED, Verdict.REFUSED),
    ],
)
def test_what_is_wrong_with_the_address_of_all_records_says_nothing_about_one(
    status: int, of_a_record: Verdict, of_a_list: Verdict
) -> None:
    assert judge(status, RECORD, "104/001", Expected.RECORD, of_all=True) is of_a_record
    assert judge(status, RECORD, "", Expected.PAGE, of_all=True) is of_a_list


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(RECORD[:-1], id="cut"),
        pytest.param(RECORD[:10], id="cut in the id"),
        pytest.param(PAGE, id="HTML"),
        pytest.param(b'{"id": "104/002"}', id="another record"),
        pytest.param(b'{"name": "EG links"}', id="no id"),
        pytest.param(b'{"id": null}', id="null id"),
        pytest.param(b"{}", id="empty object"),
        pytest.param(b'["104/001"]', id="a list"),
        pytest.param(b'"104/001"', id="a text"),
        pytest.param(b"null", id="null"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"[" * 100_000, id="nested without end"),
    ],
)
def test_a_success_without_our_record_is_a_fault(status: int, body: bytes) -> None:
    assert verdict(status, body) is Verdict.FAULT


def test_a_record_may_come_with_a_number_as_id() -> None:
    assert judge(200, b'{"id": 104}', "104", Expected.RECORD) is Verdict.DONE
    assert judge(200, b'{"id": 104}', "0104", Expected.RECORD) is Verdict.FAULT


@pytest.mark.parametrize("own", ['"id": null, ', '"id": "", ', ""])
def test_a_record_without_an_id_answers_for_its_number(own: str) -> None:
    body = f'{{{own}"internalId": 14}}'.encode()
    assert judge(200, body, "14", Expected.RECORD) is Verdict.DONE
    assert judge(200, body, "15", Expected.RECORD) is Verdict.FAULT
    assert judge(200, b'{"id": "M1", "internalId": 14}', "14", Expected.RECORD) is Verdict.FAULT


def test_an_id_with_umlauts_and_quotes_is_recognised() -> None:
    body = '{"id": "Öst \\"A\\"/1"}'.encode()
    assert judge(201, body, 'Öst "A"/1', Expected.RECORD) is Verdict.DONE


@pytest.mark.rule("R20")
@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (204, b"", Verdict.DONE),
        (200, b"", Verdict.DONE),
        (200, b" \r\n", Verdict.DONE),
        (200, b"{}", Verdict.DONE),
        (200, RECORD, Verdict.DONE),
        (200, PAGE, Verdict.FAULT),
        (200, RECORD[:-1], Verdict.FAULT),
    ],
)
def test_a_removal_is_acknowledged_without_a_record_but_not_by_a_web_page(
    status: int, body: bytes, expected: Verdict
) -> None:
    assert verdict(status, body, Expected.NOTHING) is expected


@pytest.mark.parametrize(
    ("body", "expected", "meant"),
    [
        (b"[]", Expected.LIST, Verdict.DONE),
        (b'[{"contactId": "C1"}]', Expected.LIST, Verdict.DONE),
        (b"{}", Expected.LIST, Verdict.FAULT),
        (b"", Expected.LIST, Verdict.FAULT),
        (b'{"list": [], "_links": {}}', Expected.PAGE, Verdict.DONE),
        (b'{"content": []}', Expected.PAGE, Verdict.FAULT),
        (b'{"list": null}', Expected.PAGE, Verdict.FAULT),
        (PAGE, Expected.PAGE, Verdict.FAULT),
    ],
)
def test_lists_and_pages_must_be_what_they_are_called(body: bytes, expected: Expected, meant: Verdict) -> None:
    assert verdict(200, body, expected) is meant


@settings(deadline=None)
@given(st.integers(100, 599), st.binary(max_size=40), st.sampled_from(Expected))
def test_every_answer_has_a_verdict_and_only_a_success_is_done(status: int, body: bytes, expected: Expected) -> None:
    found = verdict(status, body, expected)
    assert (found is Verdict.DONE) <= (200 <= status < 300)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("1", 1.0),
        ("120", 120.0),
        (" 120 ", 120.0),
        ("Fri, 01 Jan 2027 12:02:00 GMT", 120.0),
        ("Fri, 01 Jan 2027 13:02:00 +0100", 120.0),
        ("Fri, 01 Jan 2027 12:02:00 -0000", 120.0),
        ("Fri, 01 Jan 2027 11:00:00 GMT", 0.0),
        ("", None),
        ("   ", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("1e3", None),
        ("٣", None),
        ("²", None),
        ("Fri, 41 Jan 2027 12:00:00 GMT", None),
        ("Fri, 01 Jan 99999999999999999999 12:00:00 GMT", None),
    ],
)
def test_a_pause_is_read_in_seconds_or_until_a_moment(value: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": value}, NOW) == seconds


def test_no_header_asks_for_no_pause() -> None:
    assert retry_after({}, NOW) is None


@settings(deadline=None)
@given(st.integers(-(10**7), 10**7))
def test_a_moment_is_never_before_now_and_never_shortened(seconds: int) -> None:
    header = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after({"Retry-After": header}, NOW) == max(0, seconds)


@settings(deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d+ \d+:\d+:\d+ [-+A-Z0-9]+"))
def test_nonsense_is_no_pause_and_no_crash(value: str) -> None:
    pause = retry_after({"Retry-After": value}, NOW)
    assert pause is None or pause >= 0
