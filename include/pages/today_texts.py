"""What the page Heute says, in German and English."""

from typing import Final

from include.pages import approvals_texts, protocol_texts, records
from include.vocabulary.texts import Text, Texts

TEXTS: Final[Texts] = {
    **protocol_texts.TEXTS,
    **approvals_texts.TEXTS,
    **records.TEXTS,
    "title": Text("Heute", "Today"),
    "other_system": Text("Zeigen", "Show"),
    "off": Text("Zurzeit läuft nichts:", "Nothing runs at the moment:"),
    "nothing_sound": Text(
        "Sobald der Fehler behoben ist, steht hier, was heute wartet.",
        "Once the mistake is mended, what waits today stands here.",
    ),
    # groups
    "groups": Text("Die Gruppen", "The groups"),
    "good": Text("Zuletzt gut gelaufen", "Last went well"),
    "is_on_time": Text("Pünktlich?", "On time?"),
    "on_time": Text("pünktlich", "on time"),
    "late": Text("überfällig seit {when}", "late since {when}"),
    "never_yet": Text("noch nie gelaufen", "has never run"),
    "no_schedule": Text("ohne Zeitplan", "no schedule"),
    "switched_off": Text("aus", "off"),
    "newest": Text("Letzter Lauf", "Last run"),
    # questions
    "questions": Text("Fragen, die warten", "Questions that wait"),
    "no_waiting": Text("Keine Frage wartet.", "No question waits."),
    "asked_by": Text("Gefragt hat", "Asked by"),
    "run_of": Text("Lauf {group} ({trigger}), {when}", "run {group} ({trigger}), {when}"),
    "about": Text("Worum es geht", "What it is about"),
    "open_question": Text("Die ganze Liste ansehen", "Look at the whole list"),
    "more_questions": Text("Und {number} weitere auf Freigaben", "And {number} more under Approvals"),
    "may_not": Text(
        "Zum Entscheiden fehlt Ihnen in Airflow das Recht, die Gruppe {group} zu starten.",
        "To decide, you need the right in Airflow to trigger the group {group}.",
    ),
    "approve_of": Text("Freigeben: {group}, {amount}", "Approve: {group}, {amount}"),
    "reject_of": Text("Ablehnen: {group}, {amount}", "Reject: {group}, {amount}"),
    # records to be corrected
    "corrections": Text("In iX-Haus zu berichtigen", "To be corrected in iX-Haus"),
    "no_corrections": Text("In iX-Haus ist nichts zu berichtigen.", "Nothing is to be corrected in iX-Haus."),
    "corrections_help": Text(
        "Jeder Grund öffnet sich zu seinen Datensätzen, jeder Datensatz zu Warum?",
        "Each reason opens to its records, each record to Why?",
    ),
    "more_records": Text("Und {number} weitere: die ganze Liste", "And {number} more: the whole list"),
    "corrections_page": Text("{number} Datensätze, Seite {page} von {pages}", "{number} records, page {page} of {pages}"),
    "none_left": Text("Aus diesem Grund ist nichts mehr zu berichtigen.", "Nothing is to be corrected for this reason any more."),
    # reports set aside
    "set_aside": Text("Nicht übernommene Meldungen aus dem Portal", "Reports of the portal not taken over"),
    "no_set_aside": Text("Jede Meldung aus dem Portal ist übernommen.", "Every report of the portal has been taken over."),
    "set_aside_help": Text(
        "Bitte im Portal nachsehen; das Serviceportal versucht es nach jeder Änderung und täglich erneut.",
        "Please look into the portal; Serviceportal tries again after each change, and daily.",
    ),
    "in_portal": Text("Vorgang im Portal", "Ticket in the portal"),
    "set_aside_since": Text("Seit", "Since"),
    "more_set_aside": Text("Und {number} weitere, später gekommene.", "And {number} more that came later."),
    # teams
    "teams": Text("Meldungen der Teams", "Reports of the teams"),
    "teams_help": Text(
        "Jede Zahl öffnet ihre Meldungen.",
        "Each number opens its reports.",
    ),
    "team": Text("Team", "Team"),
    "no_team": Text("ohne Team", "no team"),
    "waits_us": Text("Wartet auf uns", "Waits for us"),
    "waits_tenant": Text("Wartet auf den Mieter", "Waits for the tenant"),
    "lacking": Text("Nicht ganz übernommen", "Not wholly taken over"),
    # to and fro
    "exchange": Text("Meldungen und Notizen heute", "Reports and notes today"),
    "received": Text("Aus dem Portal übernommen", "Taken over from the portal"),
    "sent_out": Text("Ins Portal gesendet", "Sent to the portal"),
    "reports_passed": Text("Meldungen", "Reports"),
    "notes_passed": Text("Notizen", "Notes"),
    "passed_ticket": Text("Meldung", "report"),
    "passed_post": Text("Hausmitteilung", "bulletin"),
    "passed_comment": Text("Notiz", "note"),
    "nothing_received": Text("Heute kam noch nichts.", "Nothing has come today yet."),
    "nothing_sent": Text("Heute ging noch nichts hinaus.", "Nothing has gone out today yet."),
    "gone": Text("nicht mehr in iX-Haus", "no longer in iX-Haus"),
    "all_reports": Text("Alle Meldungen", "All reports"),
}  # fmt: skip
