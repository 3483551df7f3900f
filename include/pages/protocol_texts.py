"""What the page Protokoll says, in German and English. Long column heads may break at \\u00ad."""

from typing import Final

from include.pages.approvals_texts import QUESTION
from include.vocabulary.texts import Text, Texts

TEXTS: Final[Texts] = {
    **QUESTION,
    "title": Text("Protokoll", "Protocol"),
    # how each group stands
    "standing": Text("Die Gruppen", "The groups"),
    "latest": Text("Letzte Abfrage", "Last query"),
    "whole": Text("Planmäßiger Lauf", "Scheduled run"),
    "never_asked": Text("noch nie", "never yet"),
    "standing_help": Text(
        "Status, Gesendet und Fehler sind die der letzten Abfrage, die anderen Zahlen die des letzten planmäßigen Laufs, "
        "der alles ansieht.",
        "Status, sent and errors are those of the last query, the other numbers those of the last scheduled run, which "
        "looks at everything.",
    ),
    "watched": Text(
        "Ob es zu Meldungen etwas Neues gibt, wurde in iX-Haus und im Portal zuletzt um {when} nachgesehen{system}.",
        "Whether there is anything new about reports was last looked up in iX-Haus and in the portal at {when}{system}.",
    ),
    "unwatched": Text(
        "Seit {when} wird nicht mehr nachgesehen, ob es zu Meldungen etwas Neues gibt{system}: es wartet auf den "
        "Zeitplan. Läuft Airflows Triggerer, antworten iX-Haus und Portal?",
        "Since {when} nobody looks whether there is anything new about reports{system}: it waits for the schedule. Does "
        "Airflow's triggerer run, do iX-Haus and the portal answer?",
    ),
    "newest_is": Text("seither:", "since then:"),
    # the chart
    "chart": Text("Was nicht stimmt, seit wann? Die letzten 30 Tage", "What is wrong, since when? The last 30 days"),
    "chart_help": Text(
        "Je Tag der Lauf mit den meisten. Ein Klick auf einen Tag zeigt seine Läufe.",
        "Of each day the run with most. A click on a day shows its runs.",
    ),
    "chart_keys": Text("{group}: die Pfeiltasten gehen von Tag zu Tag", "{group}: the arrow keys go from day to day"),
    "point": Text(
        "{day}: Fehler {errors}, zu berichtigen {invalid}", "{day}: errors {errors}, to be corrected {invalid}"
    ),
    "point_none": Text("{day}: kein Lauf", "{day}: no run"),
    "some_errors": Text("Fehler an {days} Tagen, zuletzt am {last}", "Errors on {days} days, last on {last}"),
    "one_errors": Text("Fehler am {last}", "Errors on {last}"),
    "some_invalid": Text(
        "Zu berichtigen an {days} Tagen, zuletzt am {last}", "To be corrected on {days} days, last on {last}"
    ),
    "one_invalid": Text("Zu berichtigen am {last}", "To be corrected on {last}"),
    "highest": Text("höchstens {number} in einem Lauf", "at most {number} in a run"),
    "all_well": Text(
        "Ohne Fehler, und nichts zu berichtigen: {groups}.", "No errors, and nothing to be corrected: {groups}."
    ),
    "no_runs": Text("In den letzten 30 Tagen gab es keinen Lauf.", "There was no run in the last 30 days."),
    "date": Text("Datum", "Date"),
    "as_table": Text("Zahlen als Tabelle", "Numbers as a table"),
    "runs": Text("Läufe", "Runs"),
    "first": Text("von", "from"),
    "last": Text("bis", "to"),
    "all": Text("alle", "all"),
    "notable": Text(
        "nur mit Sendungen, Fehlern oder zu Berichtigendem", "only with records sent, errors or records to be corrected"
    ),
    "show": Text("Anzeigen", "Show"),
    "today": Text("Heute", "Today"),
    "yesterday": Text("Gestern", "Yesterday"),
    "week": Text("7 Tage", "7 days"),
    "month": Text("30 Tage", "30 days"),
    "refresh": Text("Protokolleinträge aktualisieren", "Refresh protocol entries"),
    "refreshed": Text("Aktualisiert um", "Refreshed at"),
    "not_refreshed": Text(
        "Nicht aktualisiert: der Server antwortet nicht.", "Not refreshed: the server does not answer."
    ),
    "auto": Text("alle 30 Sekunden von selbst", "every 30 seconds by itself"),
    "csv": Text("Als CSV speichern", "Save as CSV"),
    "found": Text("{number} Läufe", "{number} runs"),
    "one_found": Text("1 Lauf", "1 run"),
    "nothing_found": Text("In diesem Zeitraum gibt es keine solchen Läufe.", "There are no such runs in this period."),
    "number_of": Text("Seite {number} von {pages}", "Page {number} of {pages}"),
    "earlier": Text("Frühere", "Earlier"),
    "later": Text("Spätere", "Later"),
    "nothing_active": Text(
        "Kein System ist eingeschaltet (Einstellung active).",
        "No system is switched on (setting active).",
    ),
    # columns
    "queried": Text("Zeit", "Time"),
    "system": Text("System", "System"),
    "group": Text("Gruppe", "Group"),
    "status": Text("Status", "Status"),
    "trigger": Text("Aus\u00adlöser", "Trigger"),
    "read": Text("Gele\u00adsen", "Read"),
    "sent": Text("Gesen\u00addet", "Sent"),
    "created": Text("Ange\u00adlegt", "Created"),
    "updated": Text("Geän\u00addert", "Updated"),
    "removed": Text("Ent\u00adfernt", "Re\u00admoved"),
    "unchanged": Text("Unver\u00adändert", "Un\u00adchanged"),
    "guarded": Text("Zur Frei\u00adgabe ange\u00adhalten", "Held for approval"),
    "invalid": Text("Zu berich\u00adtigen", "To be corrected"),
    "by_rule": Text("Nach Regeln nicht gesen\u00addet", "Not sent by the rules"),
    "errors": Text("Fehler", "Errors"),
    "outstanding": Text("Offen", "Out\u00adstanding"),
    "seconds": Text("Dauer", "Duration"),
    "run": Text("Lauf", "Run"),
    "reason": Text("Grund", "Reason"),
    "reason_code": Text("Kennung des Grundes", "Reason code"),
    "open_in_airflow": Text("Lauf in Airflow öffnen", "Open run in Airflow"),
    # what a run's numbers do not say
    "runs_since": Text("läuft seit {when}, {lasts}", "running since {when}, {lasts}"),
    "runs_help": Text("Seine Zahlen stehen hier, sobald er endet.", "Its numbers stand here as soon as it ends."),
    "is_silent": Text(
        "arbeitet nicht mehr und hat kein Ende gemeldet; der nächste Lauf der Gruppe schließt ihn ab",
        "is at work no more and has told of no end; the group's next run closes it",
    ),
    "is_preview": Text(
        "Gesendet ist nichts; die Zahlen sagen, was geschehen wäre.",
        "Nothing is sent; the numbers say what would have happened.",
    ),
    "preview_kept": Text(
        "{number} blieben zurück, nach den Regeln oder für eine Freigabe.",
        "{number} would be kept back, by the rules or for an approval.",
    ),
    "unknown_here": Text("{number} im Portal kennt iX-Haus nicht.", "{number} in the portal are not known to iX-Haus."),
    # what the columns mean
    "legend": Text("Was die Spalten heißen", "What the columns mean"),
    "legend_guarded": Text(
        "Sie gehen erst hinaus oder aus dem Portal, wenn jemand freigibt; Abgelehntes bleibt, wie es ist.",
        "They go out, or leave the portal, only when somebody approves; what was rejected stays as it is.",
    ),
    "legend_invalid": Text(
        "So, wie sie in iX-Haus stehen, können sie nicht hinaus: dort berichtigen.",
        "As they stand in iX-Haus they cannot go out: correct them there.",
    ),
    "legend_by_rule": Text(
        "Sie sollen nicht ins Portal, oder erst nach einem anderen Datensatz. Nichts zu tun; Warum? nennt die Regel.",
        "They are not meant for the portal, or only after another record. Nothing to do; Why? names the rule.",
    ),
    "legend_errors": Text(
        "Das Portal oder der Weg dorthin hat sie abgewiesen, oder sie ließen sich nicht übernehmen.",
        "The portal or the way there refused them, or they could not be taken over.",
    ),
    "legend_outstanding": Text(
        "Sie wurden früher abgelehnt oder nicht mehr versucht; sie kommen von selbst wieder an die Reihe.",
        "They were refused before, or not tried any more; their turn comes again by itself.",
    ),
    "legend_latest": Text(
        "Wann ein Lauf der Gruppe zuletzt iX-Haus gefragt hat, bei Meldungen und Bestandsabgleich auch das Portal. Wann "
        "zwischen zwei Läufen zuletzt nachgesehen wurde, ob es zu Meldungen etwas Neues gibt, steht unter den Gruppen.",
        "When a run of the group last asked iX-Haus, for reports and the reconciliation the portal too. When it was last "
        "looked, between two runs, whether there is anything new about reports stands below the groups.",
    ),
    # one run
    "back": Text("Zurück zum Protokoll", "Back to the protocol"),
    "by_reason": Text("Datensätze nach Grund", "Records by reason"),
    "no_records": Text("Der Lauf nennt keinen Datensatz.", "The run names no record."),
    "all_records": Text("Alle {number} Datensätze ansehen", "Look at all {number} records"),
    "some_named": Text(
        "{named} von {number} nennt das Protokoll; gezählt sind alle.",
        "The protocol names {named} of {number}; all are counted.",
    ),
    "of_type": Text("{kind}: {number}", "{kind}: {number}"),
    "all_of_run": Text("Alle Datensätze des Laufs", "All records of the run"),
    "search": Text("Kennung oder Text", "Id or text"),
    "do_search": Text("Suchen", "Search"),
    "found_of": Text("Gefunden: {number}, Seite {page} von {pages}", "Found: {number}, page {page} of {pages}"),
    "not_found": Text("In diesem Lauf gibt es keinen solchen Datensatz.", "There is no such record in this run."),
    "records_found": Text("Gesucht: {text}", "Searched for: {text}"),
    "back_to_run": Text("Zurück zum Lauf", "Back to the run"),
    "paging": Text("Seiten der Liste", "Pages of the list"),
    "previous": Text("Vorige", "Previous"),
    "next": Text("Nächste", "Next"),
    "details": Text("Näheres", "Details"),
    "no_protocol": Text(
        "Zu diesem Lauf gibt es kein Protokoll: er gehört nicht zum Serviceportal oder hat noch nicht begonnen.",
        "There is no protocol of this run: it is not one of Serviceportal's, or it has not begun.",
    ),
    "level": Text("Stufe", "Level"),
    "record_type": Text("Art", "Kind"),
    "external_id": Text("Kennung", "Id"),
    "action": Text("Aktion", "Action"),
    "http_status": Text("HTTP-Status", "HTTP status"),
    # values
    "status_running": Text("läuft", "running"),
    "status_silent": Text("ohne Abschluss", "never finished"),
    "status_ok": Text("fertig", "done"),
    "status_errors": Text("mit Fehlern", "with errors"),
    "status_failed": Text("gescheitert", "failed"),
    "status_skipped": Text("ausgelassen", "skipped"),
    "status_aborted": Text("abgebrochen", "aborted"),
    "status_dry_run": Text("Vorschau", "preview"),
    "trigger_scheduled": Text("Zeitplan", "schedule"),
    "trigger_manual": Text("von Hand", "by hand"),
    "trigger_asset_triggered": Text("Ereignis", "event"),
    "trigger_backfill": Text("Nachholen", "backfill"),
    "trigger_released": Text("Freigabe", "approval"),
    "trigger_operator_triggered": Text("anderer DAG", "another DAG"),
    "level_error": Text("Fehler", "error"),
    "level_invalid": Text("zu berichtigen", "to be corrected"),
    "level_withheld": Text("wartet auf einen anderen Datensatz", "waits for another record"),
    "level_guarded": Text("zur Freigabe angehalten", "held for approval"),
    "level_outstanding": Text("offen", "outstanding"),
    "level_warning": Text("Hinweis", "hint"),
    "level_finding": Text("Befund", "finding"),
    "action_create": Text("anlegen", "create"),
    "action_update": Text("ändern", "update"),
    "action_remove": Text("entfernen", "remove"),
}
