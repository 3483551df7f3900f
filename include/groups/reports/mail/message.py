"""The text of an e-mail, from the templates in texts/."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

from email_validator import validate_email
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

TEXTS: Final = Path(__file__).parent / "texts"


class News(NamedTuple):
    """What a contact is told.

    event: its key; what: opened, closed, cancelled or note; number, title: the report's; text: the note's, else ""
    """

    event: str
    contact: str
    what: str
    number: str
    title: str
    text: str
    address: str


def message(news: News, sender: str, now: datetime) -> EmailMessage:
    """Return the e-mail from `sender`; raises ValueError if an address cannot be written to its head."""
    values = {"what": news.what, "number": news.number, "title": news.title, "text": news.text}
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, _plain(news.address)
    mail["Subject"] = _templates().get_template("subject.txt").render(values).strip()
    mail["Date"] = format_datetime(now)
    # the same for the same event: whatever happens, a mail server can tell a second one
    digest = blake2b(news.event.encode(), digest_size=16).hexdigest()
    mail["Message-ID"] = f"<{digest}@{sender.rpartition('@')[2].strip('> ')}>"
    mail["Auto-Submitted"] = "auto-generated"  # keeps absence notes from answering
    mail.set_content(_templates().get_template("body.txt").render(values))
    return mail


def _plain(address: str) -> str:
    """Return an address with its domain in ASCII, which every mail server takes."""
    return validate_email(address, check_deliverability=False).ascii_email or address


@cache
def _templates() -> SandboxedEnvironment:
    return SandboxedEnvironment(loader=FileSystemLoader(TEXTS), undefined=StrictUndefined, autoescape=False)
