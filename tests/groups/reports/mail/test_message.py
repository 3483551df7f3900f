"""What an e-mail says, and to which servers it can be given."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from include.groups.reports.mail.message import News, message

NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)


def written(what: str = "opened", **fields: str) -> EmailMessage:
    given = {
        "event": "M1/opened/P1", "contact": "P1", "number": "M1", "title": "Heizung kalt", "text": "",
        "address": "kim@example.org", **fields,
    }  # fmt: skip
    return message(News(what=what, **given), "Verwaltung <v@example.org>", NOW)


@pytest.mark.rule("R42")
@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("opened", "wir haben Ihre Meldung aufgenommen."),
        ("closed", "Ihre Meldung wurde abgeschlossen."),
        ("cancelled", "Ihre Meldung wurde storniert."),
        ("note", "zu Ihrer Meldung gibt es eine neue Nachricht:\n\nDer Techniker kommt."),
    ],
)
def test_an_email_says_what_happened_and_at_which_report(what: str, sentence: str) -> None:
    mail = written(what, text="Der Techniker kommt.")
    assert mail["Subject"] == "Ihre Meldung M1: Heizung kalt"
    text = mail.get_content()
    assert f"Guten Tag,\n\n{sentence}\n\nMeldung: M1\nBetreff: Heizung kalt\n" in text
    assert ("Der Techniker kommt." in text) is (what == "note")


@pytest.mark.rule("R42", "E50")
def test_what_staff_wrote_is_text_and_never_a_template() -> None:
    text = "Größe < 3 m & <b>fett</b> {{ number }} {% x %} 🙂"
    assert text in written("note", text=text, title="{{ text }}").get_content()


@pytest.mark.rule("R42")
def test_an_event_has_one_message_id_whenever_it_is_written() -> None:
    first, second = written(), written("closed", event="M1/closed/P1")
    assert first["Message-ID"] == written()["Message-ID"] != second["Message-ID"]
    assert first["Message-ID"].endswith("@example.org>")


@pytest.mark.rule("E15")
def test_a_domain_with_an_umlaut_is_written_so_that_every_server_takes_it() -> None:
    assert written(address="kim@müllerhaus.example.com")["To"] == "kim@xn--mllerhaus-q9a.example.com"


@pytest.mark.parametrize("field", ["address", "title"])
def test_nothing_can_be_smuggled_into_the_head(field: str) -> None:
    with pytest.raises(ValueError):
        written(**{field: "kim@example.org\nBcc: all@example.org"})
