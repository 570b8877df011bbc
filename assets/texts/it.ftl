## The button on the website

button-chat = Parli con noi
button-dismiss = Nascondi

## The window

title = Chat · { $site }
minimise = Riduci la chat
sound = Suono per i nuovi messaggi
messages = Messaggi
new-messages = Nuovi messaggi
welcome = Buongiorno. Come possiamo aiutarla?
closing = Grazie per la conversazione. Questa chat è chiusa.

## Who is here

presence-online = Siamo a sua disposizione
presence-nobody = Al momento non c’è nessuno
presence-hours = Al momento siamo chiusi
presence-opens = Riapertura: { $time }
presence-declining = Al momento nessuna nuova chat
presence-waiting = Il suo messaggio attende una risposta
presence-next = Il prossimo turno è il suo
presence-place = Il suo posto in coda: { $n }
presence-wait = { $n ->
    [one] Circa { $n } minuto di attesa
   *[other] Circa { $n } minuti di attesa
}
presence-wait-short = Meno di un minuto di attesa
presence-here = { $name } è qui
presence-away = { $name } è assente per un momento
presence-left = Il suo messaggio è arrivato
presence-ended = Chat terminata
presence-deleted = Chat eliminata
somebody = Qualcuno
typing = { $name } sta scrivendo

## What happened

you = Lei
today-at = Oggi { $time }
day-at = { $day } { $time }
event-joined = { $name } partecipa ora alla chat
event-left = { $name } ha lasciato la chat
event-transferred = { $name } si occupa ora della sua richiesta
event-department = Ora è in coda per { $department }
event-ended = Lei ha terminato la chat
event-mailed = Una copia di questa chat è stata inviata per e-mail
event-masked = Qui sono stati rimossi dati riservati.

## Your message

your-message = Il suo messaggio
write = Scriva un messaggio…
send = Invia
sending = Invio in corso…
sent = Inviato
delivered = Consegnato
seen = Letto
failed = Non inviato.
retry = Riprova
discard = Elimina
not-sent = Il suo messaggio non è stato inviato.
kept = Il suo messaggio è conservato. La risposta sarà qui al suo ritorno.
peek = Possiamo vedere ciò che scrive prima che lo invii.
card-ask = Sembra un numero di carta. Non va scritto in una chat.
card-form = Chiedi un modulo sicuro
card-send = Invia senza il numero
card-please = Vi prego di inviarmi un modulo sicuro per i dati della mia carta.

## The line

line-lost = Nessuna connessione. Nuovo tentativo in corso…
line-lost-waiting = Nessuna connessione. Il suo messaggio attende qui e sarà inviato appena possibile.
line-refused = Questa chat non è disponibile in questa pagina.
line-superseded = Questa chat è aperta in troppe finestre. Ne chiuda qualcuna e ricarichi questa.
line-stopped = Questa chat è stata disconnessa. Ricarichi la pagina per continuare.
line-declining = Al momento non possiamo accettare nuove chat. Ciò che scrive resta qui; la preghiamo di riprovare tra qualche minuto.

## Before the chat

field-name = Il suo nome
field-email = Il suo indirizzo e-mail
field-phone = Il suo numero di telefono
field-department = Di che cosa si tratta?
optional = (facoltativo)
choose = Scelga un’opzione
start = Inizia la chat
error-empty = Compili questo campo, per favore.
error-long = È troppo lungo.
error-email = Questo non sembra un indirizzo e-mail, come per esempio nome@example.org.
error-phone = Questo non sembra un numero di telefono, come per esempio +39 06 1234 5678.
error-choice = Scelga un’opzione, per favore.
error-consent = Dia il suo consenso prima di iniziare, per favore.

## While nobody is there

leave = Lasciare invece un messaggio
leave-title = Lasciare un messaggio
leave-why = Al momento nessuno può rispondere. Ci scriva e le risponderemo per e-mail.
leave-send = Invia il messaggio
leave-sent = Il suo messaggio è arrivato. Risponderemo all’indirizzo che ci ha dato.
leave-back = Torna alla chat
cancel = Non attendere più

## The end

end = Termina la chat
end-ask = Terminare questa chat? Poi nessuno potrà più scrivervi.
end-not = Continua la chat
end-done = Lei ha terminato questa chat.
deleted = Questa chat è stata eliminata.
anew = Inizia una nuova chat

## How it was

rating-ask = Com’è andata questa chat?
rating-1 = Molto male
rating-2 = Male
rating-3 = Discreto
rating-4 = Bene
rating-5 = Molto bene
rating-comment = Che cosa potremmo migliorare?
rating-send = Invia la valutazione
rating-skip = Salta
rating-change = Modifica
rating-thanks = Grazie. La sua valutazione è arrivata.
transcript = Inviatemi una copia per e-mail
transcript-sent = Una copia è in viaggio verso { $email }.

## Files

file-attach = Allega un file
file-photo = Scatta una foto
file-drop = Rilasci qui il suo file
file-sending = Invio di { $name }: { $percent } %
file-cancel = Annulla l’invio di { $name }
file-download = Scarica { $name }
file-picture = Immagine: { $name }
file-gone = Questo file è stato eliminato.
file-failed = { $name } non è stato inviato.
file-too-big = { $name } è troppo grande. Il massimo è { $mb } MB.
file-empty = { $name } è vuoto.
file-too-many = { $n ->
    [one] In una chat è possibile al massimo { $n } file.
   *[other] In una chat sono possibili al massimo { $n } file.
}
file-asked = { $name } le chiede un file

## What happens to it

promise-at-close = Questa chat viene eliminata appena è chiusa
promise-hours = { $n ->
    [one] Questa chat viene eliminata { $n } ora dopo la chiusura
   *[other] Questa chat viene eliminata { $n } ore dopo la chiusura
}
promise-days = { $n ->
    [one] Questa chat viene eliminata { $n } giorno dopo la chiusura
   *[other] Questa chat viene eliminata { $n } giorni dopo la chiusura
}
promise-daily = Questa chat viene eliminata ogni giorno alle { $time } ({ $zone })
promise-details = Ciò che scrive qui è conservato cifrato sul server di { $site } e letto solo dal suo personale. Con l’eliminazione la chiave viene distrutta, così nessuno può più leggerlo. Questa finestra non salva nulla nel suo browser prima del suo primo messaggio.

## Chat without JavaScript

page-needs-script = Questa finestra di chat richiede JavaScript.
page-without-script = Chat senza JavaScript
page-cookie = Con il suo primo messaggio questa pagina salva un cookie, affinché il suo browser ritrovi questa chat.
page-reload = Controlla se ci sono nuovi messaggi
page-live = Mostra da soli i nuovi messaggi
page-live-on = I nuovi messaggi compaiono qui da soli.
page-live-stop = Disattiva
page-problem = Controlli quanto segue, per favore
page-file = File: { $name }
page-now = proprio ora
page-minutes = { $n ->
    [one] { $n } minuto fa
   *[other] { $n } minuti fa
}
page-hours = { $n ->
    [one] { $n } ora fa
   *[other] { $n } ore fa
}
page-days = { $n ->
    [one] { $n } giorno fa
   *[other] { $n } giorni fa
}
page-opens-hours = { $n ->
    [one] Riapertura tra { $n } ora
   *[other] Riapertura tra { $n } ore
}
page-opens-days = { $n ->
    [one] Riapertura tra { $n } giorno
   *[other] Riapertura tra { $n } giorni
}
page-missing-title = Qui non c’è nessuna chat
page-missing = La chat di questa pagina è stata spostata o rimossa. Contatti il responsabile in un altro modo.

## What was not done, and why: after `refused-` stands the code of the live protocol

refused-empty = Scriva qualcosa qui, per favore.
refused-too-long = { $n ->
    [one] È troppo lungo: al massimo { $n } carattere.
   *[other] È troppo lungo: al massimo { $n } caratteri.
}
refused-not-found = Questa chat non c’è più.
refused-closed = Questa chat è chiusa.
refused-full = Questa chat è piena. Ne inizi una nuova, per favore.
refused-busy = Al momento sono aperte troppe chat. Riprovi più tardi, per favore.
refused-no-room = Al momento non possiamo accettare nuove chat. Ciò che scrive resta qui; la preghiamo di riprovare tra qualche minuto.
refused-rate-limited = { $n ->
    [one] È stato molto veloce. Riprovi tra { $n } secondo.
   *[other] È stato molto veloce. Riprovi tra { $n } secondi.
}
refused-unavailable = Al momento non possiamo accettarlo. Riprovi tra qualche minuto, per favore.
refused-unanswered = Il server non ha risposto.
refused-consent-needed = Dia il suo consenso prima di iniziare, per favore.
refused-invalid = Controlli i campi segnalati, per favore.
refused-picture-unreadable = Questa immagine non può essere letta. Provi con un’altra.
refused-picture-too-large = Questa immagine è troppo grande. La riduca e la invii di nuovo.
refused-blocked = Questa chat non è disponibile per lei.

## A copy by e-mail

page-mail-subject = La Sua conversazione con { $site }
page-mail-intro = Questa è la Sua conversazione con { $site } del { $day }.

## Your data

your-data = I suoi dati
your-code = Il suo codice: { $code }
page-data-why = Veda che cosa è conservato su di lei, lo porti con sé o lo faccia cancellare. Il suo codice mostra che è suo.
page-data-code = Il suo codice
page-data-code-help = 16 lettere e cifre. Si trovano nella finestra della chat, in basso, sotto il lucchetto.
page-data-show = Mostra i miei dati
page-data-wrong = Questo non è un codice. Ha 16 lettere e cifre, per esempio ABCD-EFGH-IJKL-MNOP.
page-data-nothing = Con questo codice non è conservato nulla. È già stato cancellato, o il codice è scritto male.
page-data-kept = Che cosa è conservato
page-data-chat = Chat con { $site }
page-data-message = Messaggio a { $site }
page-data-began = Iniziata
page-data-closed = Chiusa
page-data-open = Ancora aperta
page-data-goes = Viene cancellata
page-data-goes-later = Dopo la chiusura
page-data-held = Per ora no: va conservata per un motivo legale. Si rivolga a { $site }.
page-data-restricted = È conservata e non usata
page-data-entries = Voci: { $n }
page-data-told = Che cosa ha detto di sé
page-data-agreed = Accettato
page-data-withdrawn = Ritirato
page-data-withdraw = Ritira il mio consenso
page-data-withdrawn-now = Il suo consenso è stato ritirato.
page-data-file = Scarica i miei dati
page-data-file-help = Un archivio con una pagina da leggere, e tabelle e dati per le macchine.
page-data-erase = Cancella tutto
page-data-erase-help = Subito, anche una chat ancora aperta. Nessuno può recuperarla.
page-data-erase-ask = Sì, cancella tutto questo per sempre
page-data-erase-tick = Spunti la casella se vuole cancellare tutto. Non è stato cancellato nulla.
page-data-erased = I suoi dati sono stati cancellati.
page-data-erased-but = I suoi dati sono stati cancellati, tranne ciò che è indicato sotto: va conservato per un motivo legale.
page-data-receipt = Ricevuta { $row } del { $day }
page-data-filled = Compilato

## Secure forms

page-form-asked = { $name } le chiede di compilare un modulo
form-open = Apri il modulo
page-form = Modulo
page-form-who = Solo il personale di { $site } può leggere ciò che scrive qui. Viene conservato cifrato e separato da ogni chat.
page-form-send = Invia il modulo
page-form-done = Le sue risposte sono arrivate
page-form-done-next = Può chiudere questa pagina. Il link è stato usato e non apre più nulla.
page-form-expired = Questo link è scaduto, perciò non è stato salvato nulla. Ne chieda uno nuovo, per favore.
page-form-gone = Questo modulo non esiste più, perciò non è stato salvato nulla. Chieda un nuovo link, per favore.
page-form-none = Questo link non porta a nessun modulo
page-form-none-next = Controlli che sia completo o ne chieda uno nuovo.
page-form-continue = Continua
page-form-code = La parte del suo link dopo il segno #
page-form-date = Scriva una data, per esempio 1980-12-31.
page-form-card = Questo non è un numero di carta. Controlli ogni cifra, per favore.
page-form-expiry = Scriva il mese e l’anno fino a cui la carta è valida, per esempio 04/29.
page-form-consent = Dia il suo consenso prima di inviare, per favore.
page-form-card-kept = Si conservano solo le prime sei e le ultime quattro cifre.
page-form-expiry-help = Mese e anno, per esempio 04/29.
page-form-language = Lingua
page-form-change = Cambia lingua
page-form-at-view = Le sue risposte vengono eliminate non appena sono state lette.
page-form-at-close = Le sue risposte vengono eliminate alla chiusura della chat.
page-form-no-code = Questo sembra il codice di sicurezza di una carta, che nessuno può conservare. Non lo scriva oppure, se è altro, aggiunga una parola, per esempio camera 123.
page-form-changed = Questo modulo è cambiato nel frattempo, quindi non è stato inviato nulla. Lo rilegga e lo invii di nuovo.
page-form-sent-before = Questo modulo è già stato compilato e inviato, quindi ciò che si legge qui non è stato inviato. Ne chieda uno nuovo.
page-form-yours = Ciò che ha scritto
