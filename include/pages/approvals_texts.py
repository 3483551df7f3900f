"""What the page Freigaben says, and what other pages say of a question, in German and English."""

from typing import Final

from include.pages import records
from include.vocabulary.texts import Text, Texts

QUESTION: Final[Texts] = {
    "waiting": Text("Wartet auf eine Entscheidung:", "Waits for a decision:"),
    "waits": Text("{number} warten auf Freigabe", "{number} wait for approval"),
    "one_waits": Text("1 wartet auf Freigabe", "1 waits for approval"),
    "held": Text("{number} angehalten", "{number} held back"),
    "held_then": Text("{number} angehalten: {state}", "{number} held back: {state}"),
    "records_of": Text("{number} Datensätze", "{number} records"),
    "one_record": Text("1 Datensatz", "1 record"),
    "since": Text("seit {when}", "since {when}"),
    "approval_open": Text("wartet", "waits"),
    "approval_approved": Text("freigegeben", "approved"),
    "approval_rejected": Text("abgelehnt", "rejected"),
    "approval_lapsed": Text("verfallen", "lapsed"),
}
"""For every page that leads to a question."""
TEXTS: Final[Texts] = {
    **records.TEXTS,
    **QUESTION,
    "title": Text("Freigaben", "Approvals"),
    "intro": Text(
        "Was nicht ohne Rückfrage aus dem Portal geht oder hineinkommt, wartet hier auf eine Entscheidung. Alles andere wird inzwischen gesendet.",
        "What does not leave the portal, or come into it, without asking waits here for a decision. Everything else is sent meanwhile.",
    ),
    "no_questions": Text("Es wurde noch nichts gefragt.", "Nothing has been asked yet."),
    "found": Text("{number} Fragen", "{number} questions"),
    "one_found": Text("1 Frage", "1 question"),
    "number_of": Text("Seite {number} von {pages}", "Page {number} of {pages}"),
    "paging": Text("Blättern", "Pages of the list"),
    "previous": Text("Vorige Seite", "Previous page"),
    "next": Text("Nächste Seite", "Next page"),
    "asked_at": Text("Gestellt", "Asked"),
    "system": Text("System", "System"),
    "group": Text("Gruppe", "Group"),
    "count": Text("Datensätze", "Records"),
    "cause": Text("Anlass", "Cause"),
    "state": Text("Stand", "State"),
    "decided": Text("Entschieden", "Decided"),
    "decided_by": Text("{when} von {who}", "{when} by {who}"),
    # one question
    "question": Text("Freigabe: {group}, {system}", "Approval: {group}, {system}"),
    "until_open": Text("Wartet bis", "Waits until"),
    "until_approved": Text("Gilt bis", "Holds until"),
    "until_rejected": Text("Gilt bis", "Holds until"),
    "until_lapsed": Text("Wartete bis", "Waited until"),
    "numbers": Text("Worum es geht", "What it is about"),
    "decision": Text("Entscheidung", "Decision"),
    "decision_help": Text(
        "Freigeben gilt {hours} Stunden lang für genau diese Datensätze und startet einen Lauf der Gruppe {group}. Ablehnen lässt sie, wie sie sind; gefragt wird erst wieder, wenn sich etwas ändert.",
        "Approving holds for {hours} hours, for exactly these records, and starts a run of the group {group}. Rejecting leaves them as they are; the question comes back only when something changes.",
    ),
    "approve": Text("Freigeben", "Approve"),
    "reject": Text("Ablehnen", "Reject"),
    "no_right": Text(
        "Zum Entscheiden fehlt Ihnen in Airflow das Recht, die Gruppe {group} zu starten; Namen sieht nur, wer entscheiden darf.",
        "To decide, you need the right in Airflow to trigger the group {group}; only those who may decide see names.",
    ),
    "answered": Text("Ihre Antwort gilt.", "Your answer counts."),
    "too_late": Text(
        "Ihre Antwort zählt nicht: Die Frage war schon beantwortet oder ist verfallen.",
        "Your answer does not count: the question had been answered already, or has lapsed.",
    ),
    "triggered": Text("Der Lauf ist gestartet.", "The run has been started."),
    "is_paused": Text(
        "Die Gruppe {group} ist in Airflow pausiert: Der Lauf wartet, bis sie eingeschaltet wird.",
        "The group {group} is paused in Airflow: the run waits until it is switched on.",
    ),
    "not_triggered": Text(
        "Freigegeben ist es, aber der Lauf ließ sich nicht starten; der nächste Lauf nutzt die Freigabe. {what}",
        "It is approved, but the run could not be started; the next run uses the approval. {what}",
    ),
    # its records
    "list": Text("Die ganze Liste", "The whole list"),
    "all": Text("alle", "all"),
    "filter": Text("Filtern", "Filter"),
    "reset": Text("Filter aufheben", "Clear the filter"),
    "csv": Text("Als CSV speichern", "Save as CSV"),
    "nothing": Text("Kein Datensatz passt zu diesem Filter.", "No record fits this filter."),
    "listed": Text("{number} Datensätze, Seite {page} von {pages}", "{number} records, page {page} of {pages}"),
    "record_type": Text("Art", "Kind"),
    "external_id": Text("Kennung", "Id"),
    "name": Text("Name", "Name"),
    "move": Text("Was geschähe", "What would happen"),
    "move_remove": Text("wird entfernt", "is removed"),
    "move_withdraw": Text("verliert den Zugang", "loses access"),
    "move_create": Text("wird angelegt", "is created"),
    "reason": Text("Grund", "Reason"),
    "reason_code": Text("Kennung des Grundes", "Reason code"),
    "property_nr": Text("Objektnummer", "Property number"),
    "properties": Text("Objekte", "Properties"),
}
