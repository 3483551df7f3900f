"""File names that are safe everywhere."""

from unicodedata import category, is_normalized

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from include.ixhaus.files import media
from include.ixhaus.files.names import MAX_BYTES, safe_name
from include.vocabulary.limits import FILE_NAME
from include.vocabulary.signs import MARK

PDF, DOCX, OCTETS = media.PDF, media.DOCX, media.OCTETS


@pytest.mark.rule("E37", "E50")
@pytest.mark.parametrize(
    ("name", "media_type", "expected"),
    [
        ("Brief.pdf", PDF, "Brief.pdf"),
        ("Überweisung Größe.PDF", PDF, "Überweisung Größe.pdf"),
        ("U\u0308ber.pdf", PDF, "Über.pdf"),
        ("Договор 5.pdf", PDF, "Договор 5.pdf"),
        ("rechnung.pdf.exe", PDF, "rechnung.pdf"),
        ("brief.docx", PDF, "brief.pdf"),
        ("foto.jpeg", media.JPEG, "foto.jpeg"),
        ("foto.JPG", media.JPEG, "foto.jpg"),
        ("foto.png", media.JPEG, "foto.jpg"),
        ("liste.csv", media.TEXT, "liste.csv"),
        ("seite.html", media.TEXT, "seite.txt"),
        ("Abrechnung 2026.12", PDF, "Abrechnung 2026.12.pdf"),
        ("Abrechnung 2026/2027.pdf", PDF, "Abrechnung 2026-2027.pdf"),
        ("/etc/passwd", PDF, "passwd.pdf"),
        ("../../etc/passwd", PDF, "passwd.pdf"),
        ("\\\\server\\share\\brief.pdf", PDF, "brief.pdf"),
        ("C:\\docs\\brief.pdf", PDF, "brief.pdf"),
        ("C:/docs/brief.pdf", PDF, "brief.pdf"),
        ('a<b>:"c"|d?*.pdf', PDF, "a-b-c-d-.pdf".replace("-.", ".")),
        ("gpj.fdp\u202ebrief.exe", PDF, "gpj.fdpbrief.pdf"),
        ("a\u200bb\u200d\ufeffc\0\x07.pdf", PDF, "abc.pdf"),
        ("Zeile 1\r\nZeile\t2.pdf", PDF, "Zeile 1 Zeile 2.pdf"),
        ("  ..Brief.. . ", PDF, "Brief.pdf"),
        (".htaccess", PDF, "htaccess.pdf"),
        (".pdf", PDF, "Dokument.pdf"),
        ("CON.pdf", PDF, "(CON).pdf"),
        ("lpt1", PDF, "(lpt1).pdf"),
        ("aux.tar.pdf", PDF, "(aux.tar).pdf"),
        ("Contrakt.pdf", PDF, "Contrakt.pdf"),
        ("", PDF, "Dokument.pdf"),
        ("...", OCTETS, "Dokument.bin"),
        ("plan.dwg", OCTETS, "plan.dwg"),
        ("plan.dwg.exe", OCTETS, "plan.dwg"),
        ("rechnung.pdf", OCTETS, "rechnung.bin"),
        ("rechnung.pdf.exe", OCTETS, "rechnung.bin"),
        ("Abrechnung 2026.12", OCTETS, "Abrechnung 2026.12.bin"),
        ("Kosten 500 \x80 \x96 2026.pdf", PDF, "Kosten 500 € – 2026.pdf"),
        ("x" * 146 + ".pdf", PDF, "x" * 146 + ".pdf"),
        ("x" * 300 + ".pdf", PDF, "x" * 135 + f"{MARK}.pdf"),
        ("ä" * 300 + ".docx", DOCX, "ä" * 90 + f"{MARK}.docx"),
        ("😀" * 300 + ".pdf", PDF, "😀" * 45 + f"{MARK}.pdf"),
    ],
)
def test_names_of_all_kinds(name: str, media_type: str, expected: str) -> None:
    assert safe_name(name, media_type) == expected


TYPES = st.sampled_from([*media.ENDINGS, OCTETS])
BAD = st.sampled_from([*"/\\<>:\"|?*.'` \0\r\n\u202e\u200b\u0308a\u1fef\u037e", ".pdf", ".exe", "con", "..", "C:"])
NAMES = st.one_of(st.text(), st.lists(BAD, max_size=40).map("".join), st.text(min_size=140, max_size=320))


@pytest.mark.rule("E37")
@given(NAMES, TYPES)
@example("a\u200d\u0308.pdf", PDF)
@example("x" * 144 + ".exe", PDF)
def test_every_name_is_safe(name: str, media_type: str) -> None:
    safe = safe_name(name, media_type)
    stem, dot, ending = safe.rpartition(".")
    assert dot
    assert ending in media.ENDINGS.get(media_type, (ending,))
    assert ending not in ("exe", "html", "js", "bat", "svg")
    assert stem
    assert stem == stem.strip(". ")
    assert len(safe) <= FILE_NAME
    assert len(safe.encode()) <= MAX_BYTES
    assert is_normalized("NFC", safe)
    assert not set(safe) & set("<>:\"/\\|?*'`")
    assert not [letter for letter in safe if category(letter)[0] == "C" or (letter.isspace() and letter != " ")]
    assert stem.partition(".")[0].rstrip().lower() not in ("con", "prn", "aux", "nul", "com1", "lpt1")
    assert safe_name(safe, media_type) == safe
