"""Reports, notes and their files, both ways (R34–R50)."""

from typing import Final

from include.sync.group import Group
from include.vocabulary.texts import Text

REPORTS: Final = Group(
    name="reports",
    label=Text("Meldungen", "Reports"),
    views=(
        "SP_MELDUNG", "SP_NOTIZ", "SP_ANHANG", "SP_MELDUNGSART", "SP_BEAUFTRAGUNG", "SP_TEAM", "SP_BENUTZER",
        "SP_OBJEKT", "SP_EINHEIT", "SP_PERSON", "SP_PARTNER", "SP_VERTRAGSROLLE", "SP_EIGENTUEMER", "SP_HAUSMEISTER",
        "SP_LIZENZ",
    ),
    record_types={
        "ticket_type": "include.casavi.payloads.TicketTypePayload",
        "ticket": "include.casavi.payloads.TicketPayload",
        "comment": "include.casavi.payloads.CommentPayload",
        "attachment": "include.casavi.payloads.AttachmentPayload",
        "post": "include.casavi.payloads.PostPayload",
    },
    rules="include.rules.reports.decide",
    sees=("contact",),
    parcels={"attachment": "include.groups.reports.parcels.open_report_parcels"},
    # a note that became internal, or a report that is for somebody else now, must not wait for anybody
    unguarded={
        "comment": ("NOTE_INTERNAL", "AUDIENCE_CHANGED"),
        "attachment": ("NOTE_INTERNAL", "FILE_INTERNAL", "AUDIENCE_CHANGED"),
    },
    feeds={
        "SP_NOTIZ": ("comment", "attachment"),
        "SP_ANHANG": ("attachment",),
        "SP_BEAUFTRAGUNG": ("comment",),
        "SP_BENUTZER": (),  # only names authors
    },
    removes_first=True,
    has_inbox=True,
    identities={"ticket": "include.rules.reports.audience.audience_in_portal"},
    recognise="include.groups.reports.recognise.recognise",
)  # fmt: skip
