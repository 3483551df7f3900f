"""What the page for trying settings says, in German and English."""

from typing import Final

from include.vocabulary.texts import Text, Texts

TEXTS: Final[Texts] = {
    "title": Text("Einstellungen ausprobieren", "Try settings"),
    "configuration": Text("Einstellungen", "Settings"),
    "systems": Text("System", "System"),
    "intro": Text(
        "Ändern Sie Werte und sehen Sie, wer und was dadurch käme und ginge. Ausprobieren sendet nichts und schreibt nichts. Alle übrigen Einstellungen stehen nur in der Datei {file}.",
        "Change values and see who and what would come and go because of them. Trying sends nothing and writes nothing. All other settings are in the file {file} only.",
    ),
    # form
    "part_properties": Text("Objekte und Flächen", "Properties and units"),
    "part_persons": Text("Personen und Zugänge", "Persons and access"),
    "part_documents": Text("Dokumente", "Documents"),
    "part_reports": Text("Meldungen", "Reports"),
    "part_guard": Text("Löschbremse", "Removal guard"),
    "one_a_line": Text("Je Zeile ein Eintrag.", "One entry a line."),
    "cutoff_last_calendar_year": Text("seit dem 1. Januar des Vorjahres", "since 1 January of last year"),
    "cutoff_none": Text("alle", "all"),
    "in_force": Text("In Kraft: {value}", "In force: {value}"),
    "empty": Text("leer", "empty"),
    "try": Text("Ausprobieren", "Try"),
    "reset": Text("Werte in Kraft", "Values in force"),
    "unchanged": Text(
        "Die Werte sind die, die in Kraft sind: Es gibt nichts auszuprobieren.",
        "The values are those in force: there is nothing to try.",
    ),
    "wrong_entries": Text(
        "Nicht ausprobiert: Ein Wert ist ungültig. Ein Lauf würde mit demselben Satz enden:",
        "Not tried: a value is not valid. A run would end with the same sentence:",
    ),
    # result
    "result": Text("Was dadurch käme und ginge", "What would come and go"),
    "under_way": Text(
        "Wird ausgerechnet, wie ein Lauf es täte. Bei großen Beständen dauert das einige Minuten; die Seite fragt von selbst wieder nach.",
        "Being worked out as a run would. With large stocks that takes some minutes; the page asks again by itself.",
    ),
    "ask_again": Text("Noch einmal fragen", "Ask again"),
    "view_wrong": Text("Das lässt sich nicht sagen, auch ein Lauf käme nicht weiter: {what}", "Nobody can tell, a run would get no further either: {what}"),
    "off": Text("Gerade wird nichts übertragen:", "Nothing is transferred at the moment:"),
    "as_of": Text(
        "Stand {when}, gerechnet für {groups}. Was ein Lauf davor täte, ist für die Läufe danach als getan angenommen.",
        "As of {when}, worked out for {groups}. What one run would do is taken as done for those behind it.",
    ),
    "fact_create": Text("kämen", "would come"),
    "fact_grant": Text("bekämen Zugang", "would get access"),
    "fact_update": Text("würden geändert", "would be changed"),
    "fact_withdraw": Text("verlören Zugang", "would lose access"),
    "fact_remove": Text("gingen", "would go"),
    "fact_invalid": Text("wären ungültig", "would be invalid"),
    "no_effect": Text("Durch die Änderung käme nichts und ginge nichts.", "Because of the change nothing would come or go."),
    "waiting": Text(
        "{number} davon warteten auf eine Freigabe, ehe etwas geschieht.",
        "{number} of them would wait for an approval before anything happens.",
    ),
    "record_type": Text("Art", "Kind"),
    "move": Text("Was geschähe", "What would happen"),
    "reason": Text("Grund", "Reason"),
    "due": Text("Durch die Änderung", "By the change"),
    "of_them_waiting": Text("Davon auf Freigabe", "Of them for approval"),
    "anyway": Text("Auch ohne sie", "Without it too"),
    "move_create": Text("käme", "would come"),
    "move_grant": Text("bekäme Zugang", "would get access"),
    "move_update": Text("würde geändert", "would be changed"),
    "move_withdraw": Text("verlöre den Zugang", "would lose access"),
    "move_remove": Text("ginge", "would go"),
    "move_invalid": Text("wäre ungültig", "would be invalid"),
    "move_not_create": Text("käme nicht mehr", "would no longer come"),
    "move_not_grant": Text("bekäme keinen Zugang mehr", "would no longer get access"),
    "move_not_update": Text("würde nicht mehr geändert", "would no longer be changed"),
    "move_not_withdraw": Text("verlöre den Zugang nicht mehr", "would no longer lose access"),
    "move_not_remove": Text("ginge nicht mehr", "would no longer go"),
    "move_not_invalid": Text("wäre nicht mehr ungültig", "would no longer be invalid"),
    # list
    "list": Text("Welche das sind", "Which those are"),
    "all": Text("alle", "all"),
    "every": Text("Auch, was ohne die Änderung geschähe", "Also what would happen without the change"),
    "filter": Text("Filtern", "Filter"),
    "nothing": Text("Kein Datensatz passt zu diesem Filter.", "No record fits this filter."),
    "one_record": Text("1 Datensatz", "1 record"),
    "listed": Text("{number} Datensätze, Seite {page} von {pages}", "{number} records, page {page} of {pages}"),
    "external_id": Text("Kennung", "Id"),
    "properties": Text("Objekte", "Properties"),
    "waits": Text("wartet auf Freigabe", "waits for approval"),
    "happens_anyway": Text("auch ohne die Änderung", "without the change too"),
    "paging": Text("Blättern", "Pages of the list"),
    "previous": Text("Vorige Seite", "Previous page"),
    "next": Text("Nächste Seite", "Next page"),
    # file
    "lines": Text("Die Zeilen für die Datei", "The lines for the file"),
    "lines_help": Text(
        "Sie treten in {file} an die Stelle der Zeilen gleichen Namens; was unter removal_guard eingerückt steht, gehört dort unter removal_guard.",
        "In {file} they take the place of the lines of the same name; what is indented below removal_guard belongs below removal_guard there.",
    ),
    "copy": Text("Kopieren", "Copy"),
    "copied": Text("Kopiert.", "Copied."),
    "not_copied": Text("Markiert; mit Strg+C kopieren.", "Selected; copy with Ctrl+C."),
    "save": Text("In die Datei speichern", "Save into the file"),
    "save_help": Text(
        "Gilt ab dem nächsten Lauf. Ihr Name, die Zeit und der Unterschied bleiben auf der Seite Einstellungen stehen; die Kommentare der Datei bleiben.",
        "Holds from the next run on. Your name, the time and the difference stay on the page Settings; the file's comments stay.",
    ),
    "why": Text("Warum wird das geändert?", "Why is this changed?"),
    "store": Text("Speichern", "Save"),
    "may_not_save": Text(
        "Speichern darf, wer in Airflow die Verbindung {connection} bearbeiten darf.",
        "Those who may edit the connection {connection} in Airflow may save.",
    ),
    "saving_off": Text(
        "Gespeichert wird hier nicht: Die Datei ändert, wer das Serviceportal betreibt.",
        "Nothing is saved here: whoever runs Serviceportal changes the file.",
    ),
    "not_saved_REASON": Text(
        "Nichts wurde gespeichert: Es fehlt der Grund, oder er ist länger als {longest} Zeichen.",
        "Nothing was saved: the reason is missing, or longer than {longest} characters.",
    ),
    "not_saved_CHANGED": Text(
        "Nichts wurde gespeichert: Die Datei ist geändert worden, seit diese Seite geladen wurde. Hier steht jetzt, was gegenüber ihrem neuen Stand anders wäre; sehen Sie es an und speichern Sie dann.",
        "Nothing was saved: the file has changed since this page was loaded. Shown here is now what would be different from its new state; look at it, then save.",
    ),
    "not_saved_NOT_EDITABLE": Text(
        "Nichts wurde gespeichert: Die Datei ist anders geschrieben, als diese Seite sie ändern kann. Übernehmen Sie die Zeilen von Hand.",
        "Nothing was saved: the file is written in a way that this page cannot change. Put the lines in by hand.",
    ),
    "not_saved_WRONG": Text(
        "Nichts wurde gespeichert: Mit der geänderten Datei begänne kein Lauf. {about}",
        "Nothing was saved: no run would begin with the changed file. {about}",
    ),
    "not_saved_NOT_WRITTEN": Text(
        "Nichts wurde gespeichert: Die Datei ließ sich nicht schreiben ({about}).",
        "Nothing was saved: the file could not be written ({about}).",
    ),
}  # fmt: skip
