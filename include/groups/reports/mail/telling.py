"""Telling contacts without an account, by e-mail, what happened at their reports (R42): the last step of a run."""

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
from pandas import DataFrame

from include.groups.documents.accounts import registered_contacts, registered_now
from include.groups.reports.mail.book import EMAIL, Book, Decided
from include.groups.reports.mail.message import News, message
from include.groups.reports.mail.server import Handed, MailServer, ServerAwayError
from include.groups.reports.settle import Settled
from include.ixhaus.read import Views
from include.rules.reports import channels
from include.rules.reports.events import CLOSED, concerned, emails_of, events, reopened, titles_of
from include.settings import SystemSettings
from include.sync.protocol import Entry
from include.sync.run import Opened, RefusedError
from include.vocabulary.clock import utc_now
from include.vocabulary.state import EmailState, Level

_REASONS = {"email": "EMAIL_DUE", "portal": "TOLD_BY_PORTAL", "none": "NO_NEWS"}
_BECOMES = {Handed.SENT: "EMAILED", Handed.REFUSED: "EMAIL_REFUSED", Handed.UNKNOWN: "EMAIL_UNCERTAIN"}


def tell(run: Opened, settled: Settled, *, is_whole: bool) -> None:
    """Find what happened since the last run and write to those who hear of it by no other way.

    An e-mail is sent once at most: that it is about to be sent is committed before, that it was is committed after. One
    whose fate is unknown is named in the protocol and not sent again: two e-mails to a tenant are worse than one
    missing that staff know of.

    settled:  how the reports stand now
    is_whole: whether these are all reports; else nothing is said of those that are not here
    raises:   RefusedError if e-mails must wait for the next run; PortalStopError
    """
    book = Book(run)
    for event in book.left_uncertain():
        book.name(event, "EMAIL_UNCERTAIN")
        book.becomes(event, "EMAIL_UNCERTAIN")
    due = _found(run, book, settled, is_whole=is_whole)
    if len(due):
        _send(run.settings, book, list(_news(run, due, settled.classified)))


def _found(run: Opened, book: Book, settled: Settled, *, is_whole: bool) -> DataFrame:
    """Remember all new events; returns those whose e-mail is due, with `email`."""
    since, told, folder = book.last_looked(), book.told(), run.folder
    tickets = folder.read_table("decided_ticket", columns=["external_id", "hash"]).to_pandas()
    mine = concerned(settled.classified, tickets, settled.ledger)
    if mine.empty and told.empty:
        book.record([], [], [], looked=is_whole)
        return mine
    columns = ["external_id", "decision", "parents", "changed_at"]
    comments = folder.read_table("decided_comment", columns=columns).to_pandas()
    found = events(mine, comments, book.created_since(since), told, pd.Timestamp(since)).drop_duplicates("event")
    left = found[found["state"].isin(["", EmailState.WAITING, EmailState.UNDONE])].reset_index(drop=True)
    left = left.join(_ways(run, left))
    is_wanted = left["reason"] == "EMAIL_DUE"
    warned = [
        Entry(EMAIL, event, Level.WARNING, "NOBODY_NOTIFIED") for event in left.loc[left["warning"] != "", "event"]
    ]
    if is_wanted.any() and not MailServer.is_configured(run.settings.mail_connection):
        left["reason"] = left["reason"].mask(is_wanted, "NO_MAIL_CONNECTION")
        warned.append(Entry(EMAIL, run.settings.mail_connection, Level.WARNING, "NO_MAIL_CONNECTION"))
    decided = [Decided(*row) for row in left[["event", "about", "state", "reason"]].itertuples(index=False)]
    if is_whole:
        lost = told.loc[(told["state"] == EmailState.WAITING) & ~told["event"].isin(found["event"]), "event"]
        decided += [Decided(event, "", EmailState.WAITING, "EMAIL_OBSOLETE") for event in lost]
        warned += [Entry(EMAIL, event, Level.WARNING, "EMAIL_OBSOLETE") for event in lost]
    book.record(decided, reopened(mine, told), warned, looked=is_whole)
    return left[left["reason"] == "EMAIL_DUE"]


def _ways(run: Opened, found: DataFrame) -> DataFrame:
    """Return email, warning, and reason: by which way each event is told."""
    is_news = found["is_news"] | (found["state"] == EmailState.WAITING)
    emails: dict[str, Any] = {}
    registered: set[str] = set()
    if is_news.any():
        known = run.folder.read_table("known").to_pandas()
        everybody = emails_of(Views(run.folder.path("views")), known)
        emails = dict(zip(everybody["external_id"], everybody["email"], strict=True))
        registered = registered_contacts(run.engine, run.system)
    asked = found[["contact_id", "event"]].assign(
        email=found["contact_id"].map(emails).astype("str"),
        is_registered=found["contact_id"].isin(registered),
        notifies_unregistered=True,
        is_first_export=~is_news,
        was_told=False,
    )
    told = channels(asked)
    reason = told["channel"].map(_REASONS).mask(told["warning"] != "", "NOBODY_NOTIFIED")
    return DataFrame({"email": asked["email"], "warning": told["warning"], "reason": reason})


def _news(run: Opened, due: DataFrame, reports: DataFrame) -> Iterator[News]:
    titles = titles_of(Views(run.folder.path("views")), due["report_nr"])
    notes = due.loc[due["about"] != "", "about"]
    texts = dict(zip(notes, run.folder.contents_of("comment", notes), strict=True))
    status = dict(zip(reports["report_nr"], reports["status"], strict=True))
    for row in due.itertuples(index=False):
        number, what = str(row.report_nr), str(row.what)
        if what == CLOSED and run.settings.closing_statuses.get(status[number]) == "CANCELLED":
            what = "cancelled"
        text = json.loads(texts[row.about])["text"] if row.about else ""
        yield News(str(row.event), str(row.contact_id), what, number, titles[number], text, str(row.email))


def _send(settings: SystemSettings, book: Book, due: list[News]) -> None:
    """Write to those who are not registered at this moment (E53)."""
    registered = registered_now(settings, {news.contact for news in due})
    for news in due:
        if registered.get(news.contact):
            book.becomes(news.event, "TOLD_BY_PORTAL")
    unclear = [news for news in due if news.contact not in registered]
    to_send = [news for news in due if registered.get(news.contact) is False]
    why = f"{settings.mail_connection}: the server put them off"
    try:
        waiting = _post(settings.mail_connection, book, to_send) if to_send else []
    except ServerAwayError as error:
        why, waiting = str(error), to_send
    if unclear:
        why = (
            f"{why}, or the portal did not say who is registered"
            if waiting
            else "the portal did not say who is registered"
        )
    for news in waiting + unclear:
        book.name(news.event, "EMAIL_WAITING")
    if waiting or unclear:
        raise RefusedError(f"e-mails that wait for the next run: {len(waiting + unclear)} ({why})")


def _post(connection: str, book: Book, due: list[News]) -> list[News]:
    """Send; returns what must wait for the next run."""
    server = MailServer(connection).connected()
    try:
        return [news for news in due if not server.is_open or _handed(server, book, news) is Handed.LATER]
    finally:
        server.quit()


def _handed(server: MailServer, book: Book, news: News) -> Handed:
    try:
        mail = message(news, server.sender, utc_now())
    except ValueError:  # an address that no mail can bear
        handed = Handed.REFUSED
    else:
        book.becomes(news.event, "")
        handed = server.hand_over(mail)
    if handed in (Handed.REFUSED, Handed.UNKNOWN):
        book.name(news.event, _BECOMES[handed])
    book.becomes(news.event, _BECOMES.get(handed, "EMAIL_DUE"))
    return handed
