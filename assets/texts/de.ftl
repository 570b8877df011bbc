## The button on the website

button-chat = Chatten Sie mit uns
button-dismiss = Ausblenden

## The window

title = Chat · { $site }
minimise = Chat verkleinern
sound = Ton bei neuen Nachrichten
messages = Nachrichten
new-messages = Neue Nachrichten
welcome = Guten Tag. Wie können wir Ihnen helfen?
closing = Vielen Dank für das Gespräch. Dieser Chat ist geschlossen.

## Who is here

presence-online = Wir sind für Sie da
presence-nobody = Im Moment ist niemand da
presence-hours = Wir haben gerade geschlossen
presence-opens = Wieder geöffnet: { $time }
presence-declining = Im Moment keine neuen Chats
presence-waiting = Ihre Nachricht wartet auf Antwort
presence-next = Sie sind als Nächstes an der Reihe
presence-place = Ihr Platz in der Warteschlange: { $n }
presence-wait = { $n ->
    [one] Noch etwa { $n } Minute
   *[other] Noch etwa { $n } Minuten
}
presence-wait-short = Noch weniger als eine Minute
presence-here = { $name } ist da
presence-away = { $name } ist kurz nicht am Platz
presence-left = Ihre Nachricht ist bei uns
presence-ended = Chat beendet
presence-deleted = Chat gelöscht
somebody = Jemand
typing = { $name } schreibt

## What happened

you = Sie
today-at = Heute, { $time }
day-at = { $day }, { $time }
event-joined = { $name } ist jetzt im Chat
event-left = { $name } hat den Chat verlassen
event-transferred = { $name } kümmert sich jetzt um Ihr Anliegen
event-department = Sie sind jetzt in der Warteschlange von: { $department }
event-ended = Sie haben den Chat beendet
event-mailed = Eine Kopie dieses Chats wurde per E-Mail verschickt
event-masked = Vertrauliche Angaben wurden hier entfernt.

## Your message

your-message = Ihre Nachricht
write = Nachricht schreiben…
send = Senden
sending = Wird gesendet…
sent = Gesendet
delivered = Zugestellt
seen = Gelesen
failed = Nicht gesendet.
retry = Erneut versuchen
discard = Verwerfen
not-sent = Ihre Nachricht wurde nicht gesendet.
kept = Ihre Nachricht ist gespeichert. Die Antwort steht hier, wenn Sie wiederkommen.
peek = Wir können schon vor dem Senden sehen, was Sie schreiben.
card-ask = Das sieht nach einer Kartennummer aus. Sie gehört nicht in einen Chat.
card-form = Sicheres Formular anfordern
card-send = Ohne sie senden
card-please = Bitte schicken Sie mir ein sicheres Formular für meine Kartendaten.

## The line

line-lost = Keine Verbindung. Wir versuchen es weiter…
line-lost-waiting = Keine Verbindung. Ihre Nachricht bleibt hier stehen und wird gesendet, sobald es geht.
line-refused = Dieser Chat ist auf dieser Seite nicht verfügbar.
line-superseded = Dieser Chat ist in zu vielen Fenstern geöffnet. Schließen Sie einige davon und laden Sie dieses neu.
line-stopped = Die Verbindung zu diesem Chat wurde beendet. Laden Sie die Seite neu, um fortzufahren.
line-declining = Wir können im Moment keine neuen Chats annehmen. Was Sie schreiben, bleibt hier stehen; bitte versuchen Sie es in einigen Minuten noch einmal.

## Before the chat

field-name = Ihr Name
field-email = Ihre E-Mail-Adresse
field-phone = Ihre Telefonnummer
field-department = Worum geht es?
optional = (freiwillig)
choose = Bitte wählen
start = Chat beginnen
error-empty = Bitte füllen Sie dieses Feld aus.
error-long = Das ist zu lang.
error-email = Das sieht nicht nach einer E-Mail-Adresse aus, wie zum Beispiel name@example.org.
error-phone = Das sieht nicht nach einer Telefonnummer aus, wie zum Beispiel +49 30 901820.
error-choice = Bitte wählen Sie etwas aus.
error-consent = Bitte stimmen Sie zu, bevor Sie beginnen.

## While nobody is there

leave = Stattdessen eine Nachricht hinterlassen
leave-title = Nachricht hinterlassen
leave-why = Im Moment kann niemand antworten. Schreiben Sie uns, wir antworten Ihnen per E-Mail.
leave-send = Nachricht senden
leave-sent = Ihre Nachricht ist angekommen. Wir antworten an die Adresse, die Sie angegeben haben.
leave-back = Zurück zum Chat
cancel = Nicht länger warten

## The end

end = Chat beenden
end-ask = Diesen Chat beenden? Danach kann niemand mehr darin schreiben.
end-not = Weiter chatten
end-done = Sie haben diesen Chat beendet.
deleted = Dieser Chat wurde gelöscht.
anew = Neuen Chat beginnen

## How it was

rating-ask = Wie war dieser Chat?
rating-1 = Sehr schlecht
rating-2 = Schlecht
rating-3 = In Ordnung
rating-4 = Gut
rating-5 = Sehr gut
rating-comment = Was könnten wir besser machen?
rating-send = Bewertung senden
rating-skip = Überspringen
rating-change = Ändern
rating-thanks = Vielen Dank. Ihre Bewertung ist angekommen.
transcript = Eine Kopie per E-Mail erhalten
transcript-sent = Eine Kopie ist unterwegs an { $email }.

## Files

file-attach = Datei anhängen
file-photo = Foto aufnehmen
file-drop = Legen Sie Ihre Datei hier ab
file-sending = { $name } wird gesendet: { $percent } %
file-cancel = Senden von { $name } abbrechen
file-download = { $name } herunterladen
file-picture = Bild: { $name }
file-gone = Diese Datei wurde gelöscht.
file-failed = { $name } wurde nicht gesendet.
file-too-big = { $name } ist zu groß. Höchstens { $mb } MB sind möglich.
file-empty = { $name } ist leer.
file-too-many = { $n ->
    [one] In einem Chat ist höchstens { $n } Datei möglich.
   *[other] In einem Chat sind höchstens { $n } Dateien möglich.
}
file-asked = { $name } bittet Sie um eine Datei

## What happens to it

promise-at-close = Dieser Chat wird gelöscht, sobald er geschlossen ist
promise-hours = { $n ->
    [one] Dieser Chat wird { $n } Stunde nach dem Schließen gelöscht
   *[other] Dieser Chat wird { $n } Stunden nach dem Schließen gelöscht
}
promise-days = { $n ->
    [one] Dieser Chat wird { $n } Tag nach dem Schließen gelöscht
   *[other] Dieser Chat wird { $n } Tage nach dem Schließen gelöscht
}
promise-daily = Dieser Chat wird jeden Tag um { $time } Uhr gelöscht ({ $zone })
promise-details = Was Sie hier schreiben, liegt verschlüsselt auf dem Server von { $site } und wird nur von dessen Team gelesen. Beim Löschen wird der Schlüssel vernichtet, sodass niemand es mehr lesen kann. Vor Ihrer ersten Nachricht speichert dieses Fenster nichts in Ihrem Browser.

## Chat without JavaScript

page-needs-script = Dieses Chatfenster benötigt JavaScript.
page-without-script = Ohne JavaScript chatten
page-cookie = Mit Ihrer ersten Nachricht speichert diese Seite ein Cookie, damit Ihr Browser zu diesem Chat zurückfindet.
page-reload = Nach neuen Nachrichten sehen
page-live = Neue Nachrichten von selbst erscheinen lassen
page-live-on = Neue Nachrichten erscheinen hier von selbst.
page-live-stop = Abschalten
page-problem = Bitte sehen Sie sich das noch einmal an
page-file = Datei: { $name }
page-now = gerade eben
page-minutes = { $n ->
    [one] vor { $n } Minute
   *[other] vor { $n } Minuten
}
page-hours = { $n ->
    [one] vor { $n } Stunde
   *[other] vor { $n } Stunden
}
page-days = { $n ->
    [one] vor { $n } Tag
   *[other] vor { $n } Tagen
}
page-opens-hours = { $n ->
    [one] Wieder geöffnet in { $n } Stunde
   *[other] Wieder geöffnet in { $n } Stunden
}
page-opens-days = { $n ->
    [one] Wieder geöffnet in { $n } Tag
   *[other] Wieder geöffnet in { $n } Tagen
}
page-missing-title = Hier gibt es keinen Chat
page-missing = Der Chat dieser Seite wurde verschoben oder entfernt. Bitte wenden Sie sich auf anderem Weg an den Betreiber.

## What was not done, and why: after `refused-` stands the code of the live protocol

refused-empty = Bitte schreiben Sie hier etwas.
refused-too-long = { $n ->
    [one] Das ist zu lang: Höchstens { $n } Zeichen ist möglich.
   *[other] Das ist zu lang: Höchstens { $n } Zeichen sind möglich.
}
refused-not-found = Diesen Chat gibt es nicht mehr.
refused-closed = Dieser Chat ist geschlossen.
refused-full = Dieser Chat ist voll. Bitte beginnen Sie einen neuen.
refused-busy = Im Moment sind zu viele Chats offen. Bitte versuchen Sie es später noch einmal.
refused-no-room = Wir können im Moment keine neuen Chats annehmen. Was Sie schreiben, bleibt hier stehen; bitte versuchen Sie es in einigen Minuten noch einmal.
refused-rate-limited = { $n ->
    [one] Das ging sehr schnell. Bitte versuchen Sie es in { $n } Sekunde noch einmal.
   *[other] Das ging sehr schnell. Bitte versuchen Sie es in { $n } Sekunden noch einmal.
}
refused-unavailable = Das können wir im Moment nicht annehmen. Bitte versuchen Sie es in einigen Minuten noch einmal.
refused-unanswered = Der Server hat nicht geantwortet.
refused-consent-needed = Bitte stimmen Sie zu, bevor Sie beginnen.
refused-invalid = Bitte sehen Sie sich die markierten Felder an.
refused-picture-unreadable = Dieses Bild lässt sich nicht lesen. Bitte versuchen Sie es mit einem anderen.
refused-picture-too-large = Dieses Bild ist zu groß. Bitte verkleinern Sie es und senden Sie es noch einmal.
refused-blocked = Dieser Chat steht Ihnen nicht zur Verfügung.

## A copy by e-mail

page-mail-subject = Ihr Chat mit { $site }
page-mail-intro = Dies ist Ihr Chat mit { $site } vom { $day }.

## Your data

your-data = Ihre Daten
your-code = Ihr Code: { $code }
page-data-why = Sehen Sie, was über Sie gespeichert ist, nehmen Sie es mit oder lassen Sie es löschen. Ihr Code zeigt, dass es Ihres ist.
page-data-code = Ihr Code
page-data-code-help = 16 Buchstaben und Ziffern. Sie stehen im Chatfenster, unten beim Schloss.
page-data-show = Meine Daten zeigen
page-data-wrong = Das ist kein Code. Er hat 16 Buchstaben und Ziffern, etwa ABCD-EFGH-IJKL-MNOP.
page-data-nothing = Unter diesem Code ist nichts gespeichert. Es wurde schon gelöscht, oder der Code ist falsch geschrieben.
page-data-kept = Was gespeichert ist
page-data-chat = Chat mit { $site }
page-data-message = Nachricht an { $site }
page-data-began = Begonnen
page-data-closed = Beendet
page-data-open = Noch offen
page-data-goes = Wird gelöscht
page-data-goes-later = Nach dem Ende
page-data-held = Vorerst nicht: Es muss aus rechtlichen Gründen aufbewahrt werden. Fragen Sie { $site }.
page-data-restricted = Es wird aufbewahrt und nicht verwendet
page-data-entries = Einträge: { $n }
page-data-told = Was Sie über sich gesagt haben
page-data-agreed = Zugestimmt
page-data-withdrawn = Zurückgenommen
page-data-withdraw = Meine Einwilligung zurücknehmen
page-data-withdrawn-now = Ihre Einwilligung ist zurückgenommen.
page-data-file = Meine Daten herunterladen
page-data-file-help = Ein Archiv mit einer Seite zum Lesen sowie Tabellen und Daten für Maschinen.
page-data-erase = Alles löschen
page-data-erase-help = Sofort, auch einen noch offenen Chat. Niemand kann es wiederherstellen.
page-data-erase-ask = Ja, all das für immer löschen
page-data-erase-tick = Setzen Sie das Häkchen, wenn alles gelöscht werden soll. Es wurde nichts gelöscht.
page-data-erased = Ihre Daten sind gelöscht.
page-data-erased-but = Ihre Daten sind gelöscht, bis auf das, was unten steht: Es muss aus rechtlichen Gründen aufbewahrt werden.
page-data-receipt = Beleg { $row } vom { $day }
page-data-filled = Ausgefüllt

## Secure forms

page-form-asked = { $name } bittet Sie, ein Formular auszufüllen
form-open = Formular öffnen
page-form = Formular
page-form-who = Nur die Mitarbeitenden von { $site } können lesen, was Sie hier schreiben. Es wird verschlüsselt und getrennt von jedem Chat aufbewahrt.
page-form-send = Formular senden
page-form-done = Ihre Angaben sind angekommen
page-form-done-next = Sie können diese Seite schließen. Der Link ist verbraucht und öffnet nichts mehr.
page-form-expired = Dieser Link ist abgelaufen, darum wurde nichts gespeichert. Bitte lassen Sie sich einen neuen geben.
page-form-gone = Dieses Formular gibt es nicht mehr, darum wurde nichts gespeichert. Bitte lassen Sie sich einen neuen Link geben.
page-form-none = Dieser Link führt zu keinem Formular
page-form-none-next = Sehen Sie nach, ob er vollständig ist, oder lassen Sie sich einen neuen geben.
page-form-continue = Weiter
page-form-code = Der Teil Ihres Links hinter dem Zeichen #
page-form-date = Bitte schreiben Sie ein Datum wie 1980-12-31.
page-form-card = Das ist keine Kartennummer. Bitte prüfen Sie jede Ziffer.
page-form-expiry = Bitte schreiben Sie Monat und Jahr, bis zu denen die Karte gilt, etwa 04/29.
page-form-consent = Bitte stimmen Sie vor dem Senden zu.
page-form-card-kept = Aufbewahrt werden nur die ersten sechs und die letzten vier Ziffern.
page-form-expiry-help = Monat und Jahr, etwa 04/29.
page-form-language = Sprache
page-form-change = Sprache ändern
page-form-at-view = Ihre Angaben werden gelöscht, sobald sie gelesen wurden.
page-form-at-close = Ihre Angaben werden gelöscht, wenn der Chat geschlossen wird.
page-form-no-code = Das sieht nach der Prüfnummer einer Karte aus, die niemand aufbewahren darf. Lassen Sie sie weg, oder schreiben Sie ein Wort dazu, wenn es etwas anderes ist, etwa Zimmer 123.
page-form-changed = Dieses Formular wurde inzwischen geändert, darum wurde nichts gesendet. Bitte sehen Sie es durch und senden Sie es noch einmal.
page-form-sent-before = Dieses Formular wurde schon einmal ausgefüllt und gesendet, darum wurde nicht gesendet, was hier steht. Bitte lassen Sie sich ein neues geben.
page-form-yours = Was Sie geschrieben haben
