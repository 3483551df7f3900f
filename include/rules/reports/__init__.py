"""Which reports and notes the portal holds, and for whom: the order in which the rules build on one another.

What is known of each report          sources.py         O6, O25
For whom a ticket was sent            audience.py        E43
Whether a report goes out, as what    classification.py  R34–R41, O7, O13, O14
What each report kind becomes         kinds.py           R4, R39
What each report becomes              tickets.py         R46; posts.py  R40, O18
What each note and order becomes      comments.py        R44, R45; commissioning.py and templates.py  R43, O22
What each file becomes                attachments.py     R44, O26
What staff see of it in iX-Haus       fields.py          R49, R50
How contacts hear of it               events.py, channels.py  R42, E53, E54
Texts from and to the portal          texts.py           E50
"""

from collections.abc import Mapping
from datetime import date

from pandas import DataFrame

from include.rules.reports.attachments import decide_attachments
from include.rules.reports.channels import channels
from include.rules.reports.classification import classified, shown
from include.rules.reports.comments import decide_comments, notes_of
from include.rules.reports.commissioning import notes_on_orders
from include.rules.reports.fields import columns_to_clear, portal_field
from include.rules.reports.kinds import decide_kinds
from include.rules.reports.posts import decide_posts
from include.rules.reports.sources import gather, kinds_of
from include.rules.reports.tickets import decide_tickets
from include.settings import SystemSettings

__all__ = ["channels", "columns_to_clear", "decide", "portal_field"]


def decide(
    views: Mapping[str, DataFrame], known: DataFrame, settings: SystemSettings, today: date
) -> dict[str, DataFrame]:
    """Decide on every report kind, report, note, order and file, sent or not.

    views:    reports, notes, report_files, report_kinds, commissionings, teams, users, licences, properties, units;
              persons, partners, contract_roles, owners, caretakers to know who a reporter is; inbox (frames.INBOX)
    known:    frames.LEDGER, of the five record types and of contacts
    settings: both property ranges, user_teams, report_statuses, closing_statuses, post_author,
              repost_changed_bulletins, contractor_contact_in_notes, limits.max_file_mb
    today:    the local calendar day (Europe/Berlin)
    returns:  "ticket_type", "ticket", "comment", "attachment", "post": frames.DECIDED, with the payload fields;
              and "classified": frames.SHOWN
    """
    sources = gather(views, known, settings, today)
    reports, decided = sources.reports, classified(sources, settings, today)
    notes = notes_of(views, reports, decided, known)
    orders = notes_on_orders(views, reports, decided, known, settings)
    return {
        "ticket_type": decide_kinds(kinds_of(views["report_kinds"])),
        "ticket": decide_tickets(reports, sources.tickets, decided, views["units"], known),
        "comment": decide_comments(notes, orders, views["users"], known),
        "attachment": decide_attachments(views, reports, decided, notes, known, settings),
        "post": decide_posts(reports, sources.posts, decided, known, settings),
        "classified": shown(sources, decided),
    }
