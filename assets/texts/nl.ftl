## The button on the website

button-chat = Chat met ons
button-dismiss = Verbergen

## The window

title = Chat · { $site }
minimise = Chat minimaliseren
sound = Geluid bij nieuwe berichten
messages = Berichten
new-messages = Nieuwe berichten
welcome = Goedendag. Waarmee kunnen wij u helpen?
closing = Dank u voor het gesprek. Deze chat is gesloten.

## Who is here

presence-online = Wij zijn er voor u
presence-nobody = Er is op dit moment niemand aanwezig
presence-hours = Wij zijn nu gesloten
presence-opens = Weer open: { $time }
presence-declining = Op dit moment geen nieuwe chats
presence-waiting = Uw bericht wacht op antwoord
presence-next = U bent als volgende aan de beurt
presence-place = Uw plaats in de wachtrij: { $n }
presence-wait = { $n ->
    [one] Nog ongeveer { $n } minuut wachten
   *[other] Nog ongeveer { $n } minuten wachten
}
presence-wait-short = Nog minder dan een minuut wachten
presence-here = { $name } is aanwezig
presence-away = { $name } is even weg
presence-left = Uw bericht is bij ons
presence-ended = Chat beëindigd
presence-deleted = Chat verwijderd
somebody = Iemand
typing = { $name } is aan het typen

## What happened

you = U
today-at = Vandaag { $time }
day-at = { $day } { $time }
event-joined = { $name } neemt nu deel aan de chat
event-left = { $name } heeft de chat verlaten
event-transferred = { $name } helpt u nu verder
event-department = U staat nu in de wachtrij van { $department }
event-ended = U hebt de chat beëindigd
event-mailed = Er is een kopie van deze chat per e-mail verzonden
event-masked = Hier zijn vertrouwelijke gegevens verwijderd.

## Your message

your-message = Uw bericht
write = Schrijf een bericht…
send = Versturen
sending = Wordt verstuurd…
sent = Verstuurd
delivered = Afgeleverd
seen = Gelezen
failed = Niet verstuurd.
retry = Opnieuw proberen
discard = Weggooien
not-sent = Uw bericht is niet verstuurd.
kept = Uw bericht is bewaard. Het antwoord staat hier als u terugkomt.
peek = Wij kunnen al zien wat u schrijft voordat u het verstuurt.
card-ask = Dit lijkt op een kaartnummer. Dat hoort niet in een chat.
card-form = Vraag een veilig formulier
card-send = Verstuur zonder het nummer
card-please = Stuur mij alstublieft een veilig formulier voor mijn kaartgegevens.

## The line

line-lost = Geen verbinding. Er wordt opnieuw geprobeerd…
line-lost-waiting = Geen verbinding. Uw bericht wacht hier en wordt verstuurd zodra het kan.
line-refused = Deze chat is niet beschikbaar op deze pagina.
line-superseded = Deze chat is in te veel vensters geopend. Sluit er een paar en laad dit venster opnieuw.
line-stopped = De verbinding met deze chat is verbroken. Laad de pagina opnieuw om verder te gaan.
line-declining = Wij kunnen op dit moment geen nieuwe chats aannemen. Wat u schrijft, blijft hier staan; probeer het over enkele minuten opnieuw.

## Before the chat

field-name = Uw naam
field-email = Uw e-mailadres
field-phone = Uw telefoonnummer
field-department = Waar gaat het over?
optional = (niet verplicht)
choose = Maak een keuze
start = Chat starten
error-empty = Vul dit veld in.
error-long = Dit is te lang.
error-email = Dit lijkt geen e-mailadres te zijn, zoals naam@example.org.
error-phone = Dit lijkt geen telefoonnummer te zijn, zoals +31 20 123 4567.
error-choice = Maak een keuze.
error-consent = Geef toestemming voordat u begint.

## While nobody is there

leave = Liever een bericht achterlaten
leave-title = Bericht achterlaten
leave-why = Op dit moment kan niemand antwoorden. Schrijf ons, wij antwoorden u per e-mail.
leave-send = Bericht versturen
leave-sent = Uw bericht is aangekomen. Wij antwoorden op het adres dat u hebt opgegeven.
leave-back = Terug naar de chat
cancel = Niet langer wachten

## The end

end = Chat beëindigen
end-ask = Deze chat beëindigen? Daarna kan niemand er meer in schrijven.
end-not = Verder chatten
end-done = U hebt deze chat beëindigd.
deleted = Deze chat is verwijderd.
anew = Nieuwe chat starten

## How it was

rating-ask = Hoe was deze chat?
rating-1 = Heel slecht
rating-2 = Slecht
rating-3 = Gaat wel
rating-4 = Goed
rating-5 = Heel goed
rating-comment = Wat kunnen wij beter doen?
rating-send = Beoordeling versturen
rating-skip = Overslaan
rating-change = Wijzigen
rating-thanks = Dank u. Uw beoordeling is aangekomen.
transcript = Stuur mij een kopie per e-mail
transcript-sent = Er is een kopie onderweg naar { $email }.

## Files

file-attach = Bestand toevoegen
file-photo = Foto maken
file-drop = Laat uw bestand hier los
file-sending = { $name } wordt verstuurd: { $percent } %
file-cancel = Versturen van { $name } annuleren
file-download = { $name } downloaden
file-picture = Afbeelding: { $name }
file-gone = Dit bestand is verwijderd.
file-failed = { $name } is niet verstuurd.
file-too-big = { $name } is te groot. Er past hoogstens { $mb } MB.
file-empty = { $name } is leeg.
file-too-many = { $n ->
    [one] In één chat past hoogstens { $n } bestand.
   *[other] In één chat passen hoogstens { $n } bestanden.
}
file-asked = { $name } vraagt u om een bestand

## What happens to it

promise-at-close = Deze chat wordt verwijderd zodra hij gesloten is
promise-hours = { $n ->
    [one] Deze chat wordt { $n } uur na het sluiten verwijderd
   *[other] Deze chat wordt { $n } uur na het sluiten verwijderd
}
promise-days = { $n ->
    [one] Deze chat wordt { $n } dag na het sluiten verwijderd
   *[other] Deze chat wordt { $n } dagen na het sluiten verwijderd
}
promise-daily = Deze chat wordt elke dag om { $time } uur verwijderd ({ $zone })
promise-details = Wat u hier schrijft, staat versleuteld op de server van { $site } en wordt alleen door de medewerkers daar gelezen. Bij het verwijderen wordt de sleutel vernietigd, zodat niemand het meer kan lezen. Dit venster bewaart niets in uw browser vóór uw eerste bericht.

## Chat without JavaScript

page-needs-script = Dit chatvenster heeft JavaScript nodig.
page-without-script = Chatten zonder JavaScript
page-cookie = Met uw eerste bericht bewaart deze pagina een cookie, zodat uw browser deze chat terugvindt.
page-reload = Kijken of er nieuwe berichten zijn
page-live = Nieuwe berichten vanzelf laten verschijnen
page-live-on = Nieuwe berichten verschijnen hier vanzelf.
page-live-stop = Uitzetten
page-problem = Kijk dit nog even na
page-file = Bestand: { $name }
page-now = zojuist
page-minutes = { $n ->
    [one] { $n } minuut geleden
   *[other] { $n } minuten geleden
}
page-hours = { $n ->
    [one] { $n } uur geleden
   *[other] { $n } uur geleden
}
page-days = { $n ->
    [one] { $n } dag geleden
   *[other] { $n } dagen geleden
}
page-opens-hours = { $n ->
    [one] Over { $n } uur weer open
   *[other] Over { $n } uur weer open
}
page-opens-days = { $n ->
    [one] Over { $n } dag weer open
   *[other] Over { $n } dagen weer open
}
page-missing-title = Hier is geen chat
page-missing = De chat van deze pagina is verplaatst of verwijderd. Neem op een andere manier contact op met de beheerder.

## What was not done, and why: after `refused-` stands the code of the live protocol

refused-empty = Schrijf hier iets.
refused-too-long = { $n ->
    [one] Dit is te lang: er past hoogstens { $n } teken.
   *[other] Dit is te lang: er passen hoogstens { $n } tekens.
}
refused-not-found = Deze chat is er niet meer.
refused-closed = Deze chat is gesloten.
refused-full = Deze chat is vol. Start een nieuwe.
refused-busy = Er zijn op dit moment te veel chats open. Probeer het later opnieuw.
refused-no-room = Wij kunnen op dit moment geen nieuwe chats aannemen. Wat u schrijft, blijft hier staan; probeer het over enkele minuten opnieuw.
refused-rate-limited = { $n ->
    [one] Dat ging erg snel. Probeer het over { $n } seconde opnieuw.
   *[other] Dat ging erg snel. Probeer het over { $n } seconden opnieuw.
}
refused-unavailable = Dit kunnen wij op dit moment niet aannemen. Probeer het over enkele minuten opnieuw.
refused-unanswered = De server heeft niet geantwoord.
refused-consent-needed = Geef toestemming voordat u begint.
refused-invalid = Kijk de gemarkeerde velden na.
refused-picture-unreadable = Deze afbeelding kan niet worden gelezen. Probeer een andere.
refused-picture-too-large = Deze afbeelding is te groot. Maak haar kleiner en verstuur haar opnieuw.
refused-blocked = Deze chat is voor u niet beschikbaar.

## A copy by e-mail

page-mail-subject = Uw gesprek met { $site }
page-mail-intro = Dit is uw gesprek met { $site } van { $day }.

## Your data

your-data = Uw gegevens
your-code = Uw code: { $code }
page-data-why = Bekijk wat er over u wordt bewaard, neem het mee of laat het wissen. Uw code laat zien dat het van u is.
page-data-code = Uw code
page-data-code-help = 16 letters en cijfers. Ze staan in het chatvenster, onderaan bij het slot.
page-data-show = Mijn gegevens tonen
page-data-wrong = Dit is geen code. Een code heeft 16 letters en cijfers, zoals ABCD-EFGH-IJKL-MNOP.
page-data-nothing = Onder deze code wordt niets bewaard. Het is al gewist, of de code is verkeerd getypt.
page-data-kept = Wat er wordt bewaard
page-data-chat = Chat met { $site }
page-data-message = Bericht aan { $site }
page-data-began = Begonnen
page-data-closed = Gesloten
page-data-open = Nog open
page-data-goes = Wordt gewist
page-data-goes-later = Na het sluiten
page-data-held = Voorlopig niet: het moet om een juridische reden worden bewaard. Vraag het { $site }.
page-data-restricted = Het wordt bewaard en niet gebruikt
page-data-entries = Regels: { $n }
page-data-told = Wat u over uzelf zei
page-data-agreed = Toegestemd
page-data-withdrawn = Ingetrokken
page-data-withdraw = Mijn toestemming intrekken
page-data-withdrawn-now = Uw toestemming is ingetrokken.
page-data-file = Mijn gegevens downloaden
page-data-file-help = Eén archief met een pagina om te lezen, en tabellen en gegevens voor machines.
page-data-erase = Alles wissen
page-data-erase-help = Meteen, ook een chat die nog open is. Niemand kan het terughalen.
page-data-erase-ask = Ja, dit alles voorgoed wissen
page-data-erase-tick = Zet het vinkje als u alles wilt laten wissen. Er is niets gewist.
page-data-erased = Uw gegevens zijn gewist.
page-data-erased-but = Uw gegevens zijn gewist, behalve wat hieronder staat: dat moet om een juridische reden worden bewaard.
page-data-receipt = Bewijs { $row } van { $day }
page-data-filled = Ingevuld

## Secure forms

page-form-asked = { $name } vraagt u een formulier in te vullen
form-open = Formulier openen
page-form = Formulier
page-form-who = Alleen medewerkers van { $site } kunnen lezen wat u hier schrijft. Het wordt versleuteld en los van elke chat bewaard.
page-form-send = Formulier verzenden
page-form-done = Uw antwoorden zijn aangekomen
page-form-done-next = U kunt deze pagina sluiten. De link is gebruikt en opent niets meer.
page-form-expired = Deze link is verlopen, dus er is niets opgeslagen. Vraag om een nieuwe.
page-form-gone = Dit formulier bestaat niet meer, dus er is niets opgeslagen. Vraag om een nieuwe link.
page-form-none = Deze link leidt naar geen formulier
page-form-none-next = Kijk of hij volledig is, of vraag om een nieuwe.
page-form-continue = Verder
page-form-code = Het deel van uw link achter het teken #
page-form-date = Schrijf een datum, zoals 1980-12-31.
page-form-card = Dit is geen kaartnummer. Controleer elk cijfer.
page-form-expiry = Schrijf de maand en het jaar tot wanneer de kaart geldig is, zoals 04/29.
page-form-consent = Geef toestemming voordat u verzendt.
page-form-card-kept = Alleen de eerste zes en de laatste vier cijfers worden bewaard.
page-form-expiry-help = Maand en jaar, zoals 04/29.
page-form-language = Taal
page-form-change = Taal wijzigen
page-form-at-view = Uw antwoorden worden verwijderd zodra ze gelezen zijn.
page-form-at-close = Uw antwoorden worden verwijderd wanneer de chat wordt gesloten.
page-form-no-code = Dit lijkt op de beveiligingscode van een kaart, die niemand mag bewaren. Laat die weg, of voeg een woord toe als het iets anders is, zoals kamer 123.
page-form-changed = Dit formulier is intussen gewijzigd, dus er is niets verzonden. Kijk het door en verzend het opnieuw.
page-form-sent-before = Dit formulier is al eerder ingevuld en verzonden, dus wat hier staat is niet verzonden. Vraag om een nieuw formulier.
page-form-yours = Wat u hebt geschreven
