## The button on the website

button-chat = Porozmawiaj z nami
button-dismiss = Ukryj

## The window

title = Czat · { $site }
minimise = Zminimalizuj czat
sound = Dźwięk przy nowych wiadomościach
messages = Wiadomości
new-messages = Nowe wiadomości
welcome = Dzień dobry. W czym możemy pomóc?
closing = Dziękujemy za rozmowę. Ten czat jest zamknięty.

## Who is here

presence-online = Jesteśmy do Państwa dyspozycji
presence-nobody = W tej chwili nikogo nie ma
presence-hours = W tej chwili jest nieczynne
presence-opens = Ponownie czynne: { $time }
presence-declining = W tej chwili nie przyjmujemy nowych czatów
presence-waiting = Państwa wiadomość czeka na odpowiedź
presence-next = Następna kolej jest Państwa
presence-place = Państwa miejsce w kolejce: { $n }
presence-wait = { $n ->
    [one] Jeszcze około { $n } minuty
    [few] Jeszcze około { $n } minut
    [many] Jeszcze około { $n } minut
   *[other] Jeszcze około { $n } minuty
}
presence-wait-short = Jeszcze niecała minuta
presence-here = { $name } jest na czacie
presence-away = { $name } zaraz wróci
presence-left = Wiadomość do nas dotarła
presence-ended = Czat zakończony
presence-deleted = Czat usunięty
somebody = Ktoś
typing = { $name } pisze

## What happened

you = Państwo
today-at = Dzisiaj { $time }
day-at = { $day } { $time }
event-joined = { $name } jest teraz na czacie
event-left = { $name } opuszcza czat
event-transferred = Państwa sprawą zajmuje się teraz { $name }
event-department = Kolejka, w której Państwo teraz czekają: { $department }
event-ended = Czat został przez Państwa zakończony
event-mailed = Kopia tego czatu została wysłana e-mailem
event-masked = Usunięto stąd poufne dane.

## Your message

your-message = Państwa wiadomość
write = Proszę napisać wiadomość…
send = Wyślij
sending = Wysyłanie…
sent = Wysłano
delivered = Dostarczono
seen = Przeczytano
failed = Nie wysłano.
retry = Spróbuj ponownie
discard = Odrzuć
not-sent = Państwa wiadomość nie została wysłana.
kept = Państwa wiadomość została zapisana. Odpowiedź będzie tutaj po powrocie.
peek = Widzimy, co Państwo piszą, jeszcze przed wysłaniem.
card-ask = To wygląda na numer karty. Nie należy go wpisywać na czacie.
card-form = Poproś o bezpieczny formularz
card-send = Wyślij bez numeru
card-please = Proszę o bezpieczny formularz na dane mojej karty.

## The line

line-lost = Brak połączenia. Ponawiamy próbę…
line-lost-waiting = Brak połączenia. Państwa wiadomość czeka tutaj i zostanie wysłana, gdy tylko będzie to możliwe.
line-refused = Ten czat nie jest dostępny na tej stronie.
line-superseded = Ten czat jest otwarty w zbyt wielu oknach. Proszę zamknąć kilka z nich i odświeżyć to okno.
line-stopped = Ten czat został rozłączony. Aby kontynuować, proszę odświeżyć stronę.
line-declining = W tej chwili nie możemy przyjmować nowych czatów. Wpisany tekst pozostanie tutaj; proszę spróbować ponownie za kilka minut.

## Before the chat

field-name = Imię i nazwisko
field-email = Adres e-mail
field-phone = Numer telefonu
field-department = Czego dotyczy sprawa?
optional = (opcjonalnie)
choose = Proszę wybrać
start = Rozpocznij czat
error-empty = Proszę wypełnić to pole.
error-long = To jest za długie.
error-email = To nie wygląda na adres e-mail, taki jak nazwa@example.org.
error-phone = To nie wygląda na numer telefonu, taki jak +48 22 123 45 67.
error-choice = Proszę coś wybrać.
error-consent = Przed rozpoczęciem prosimy o wyrażenie zgody.

## While nobody is there

leave = Zamiast tego zostaw wiadomość
leave-title = Zostaw wiadomość
leave-why = W tej chwili nikt nie może odpowiedzieć. Prosimy o wiadomość, odpowiemy e-mailem.
leave-send = Wyślij wiadomość
leave-sent = Wiadomość dotarła. Odpowiemy na podany adres.
leave-back = Wróć do czatu
cancel = Nie czekaj dłużej

## The end

end = Zakończ czat
end-ask = Zakończyć ten czat? Potem nikt nie będzie mógł w nim pisać.
end-not = Kontynuuj czat
end-done = Ten czat został przez Państwa zakończony.
deleted = Ten czat został usunięty.
anew = Rozpocznij nowy czat

## How it was

rating-ask = Jak oceniają Państwo ten czat?
rating-1 = Bardzo źle
rating-2 = Źle
rating-3 = W porządku
rating-4 = Dobrze
rating-5 = Bardzo dobrze
rating-comment = Co możemy poprawić?
rating-send = Wyślij ocenę
rating-skip = Pomiń
rating-change = Zmień
rating-thanks = Dziękujemy. Ocena dotarła.
transcript = Wyślij mi kopię e-mailem
transcript-sent = Kopia jest w drodze na adres { $email }.

## Files

file-attach = Dołącz plik
file-photo = Zrób zdjęcie
file-drop = Proszę upuścić plik tutaj
file-sending = Wysyłanie { $name }: { $percent } %
file-cancel = Anuluj wysyłanie { $name }
file-download = Pobierz { $name }
file-picture = Obraz: { $name }
file-gone = Ten plik został usunięty.
file-failed = Nie wysłano { $name }.
file-too-big = Plik { $name } jest zbyt duży. Może mieć najwyżej { $mb } MB.
file-empty = Plik { $name } jest pusty.
file-too-many = { $n ->
    [one] W jednym czacie może być najwyżej { $n } plik.
    [few] W jednym czacie mogą być najwyżej { $n } pliki.
    [many] W jednym czacie może być najwyżej { $n } plików.
   *[other] W jednym czacie może być najwyżej { $n } pliku.
}
file-asked = { $name } prosi Państwa o plik

## What happens to it

promise-at-close = Ten czat jest usuwany zaraz po zamknięciu
promise-hours = { $n ->
    [one] Ten czat jest usuwany { $n } godzinę po zamknięciu
    [few] Ten czat jest usuwany { $n } godziny po zamknięciu
    [many] Ten czat jest usuwany { $n } godzin po zamknięciu
   *[other] Ten czat jest usuwany { $n } godziny po zamknięciu
}
promise-days = { $n ->
    [one] Ten czat jest usuwany { $n } dzień po zamknięciu
    [few] Ten czat jest usuwany { $n } dni po zamknięciu
    [many] Ten czat jest usuwany { $n } dni po zamknięciu
   *[other] Ten czat jest usuwany { $n } dnia po zamknięciu
}
promise-daily = Ten czat jest usuwany codziennie o { $time } ({ $zone })
promise-details = To, co Państwo tutaj piszą, jest przechowywane w postaci zaszyfrowanej na serwerze { $site } i czytane tylko przez tamtejszy zespół. Podczas usuwania niszczony jest klucz, więc nikt nie może już tego przeczytać. Przed pierwszą wiadomością to okno niczego nie zapisuje w przeglądarce.

## Chat without JavaScript

page-needs-script = To okno czatu wymaga JavaScriptu.
page-without-script = Czat bez JavaScriptu
page-cookie = Wraz z pierwszą wiadomością ta strona zapisuje plik cookie, aby przeglądarka mogła wrócić do tego czatu.
page-reload = Sprawdź nowe wiadomości
page-live = Pokazuj nowe wiadomości automatycznie
page-live-on = Nowe wiadomości pojawiają się tutaj automatycznie.
page-live-stop = Wyłącz
page-problem = Proszę jeszcze raz to sprawdzić
page-file = Plik: { $name }
page-now = przed chwilą
page-minutes = { $n ->
    [one] { $n } minutę temu
    [few] { $n } minuty temu
    [many] { $n } minut temu
   *[other] { $n } minuty temu
}
page-hours = { $n ->
    [one] { $n } godzinę temu
    [few] { $n } godziny temu
    [many] { $n } godzin temu
   *[other] { $n } godziny temu
}
page-days = { $n ->
    [one] { $n } dzień temu
    [few] { $n } dni temu
    [many] { $n } dni temu
   *[other] { $n } dnia temu
}
page-opens-hours = { $n ->
    [one] Ponownie czynne za { $n } godzinę
    [few] Ponownie czynne za { $n } godziny
    [many] Ponownie czynne za { $n } godzin
   *[other] Ponownie czynne za { $n } godziny
}
page-opens-days = { $n ->
    [one] Ponownie czynne za { $n } dzień
    [few] Ponownie czynne za { $n } dni
    [many] Ponownie czynne za { $n } dni
   *[other] Ponownie czynne za { $n } dnia
}
page-missing-title = Tutaj nie ma czatu
page-missing = Czat tej strony został przeniesiony lub usunięty. Prosimy o kontakt z jej właścicielem w inny sposób.

## What was not done, and why: after `refused-` stands the code of the live protocol

refused-empty = Proszę coś tutaj napisać.
refused-too-long = { $n ->
    [one] Tekst jest za długi: mieści się najwyżej { $n } znak.
    [few] Tekst jest za długi: mieszczą się najwyżej { $n } znaki.
    [many] Tekst jest za długi: mieści się najwyżej { $n } znaków.
   *[other] Tekst jest za długi: mieści się najwyżej { $n } znaku.
}
refused-not-found = Tego czatu już nie ma.
refused-closed = Ten czat jest zamknięty.
refused-full = Ten czat jest pełny. Proszę rozpocząć nowy.
refused-busy = W tej chwili otwartych jest zbyt wiele czatów. Proszę spróbować później.
refused-no-room = W tej chwili nie możemy przyjmować nowych czatów. Wpisany tekst pozostanie tutaj; proszę spróbować ponownie za kilka minut.
refused-rate-limited = { $n ->
    [one] To było bardzo szybko. Proszę spróbować ponownie za { $n } sekundę.
    [few] To było bardzo szybko. Proszę spróbować ponownie za { $n } sekundy.
    [many] To było bardzo szybko. Proszę spróbować ponownie za { $n } sekund.
   *[other] To było bardzo szybko. Proszę spróbować ponownie za { $n } sekundy.
}
refused-unavailable = W tej chwili nie możemy tego przyjąć. Proszę spróbować ponownie za kilka minut.
refused-unanswered = Serwer nie odpowiedział.
refused-consent-needed = Przed rozpoczęciem prosimy o wyrażenie zgody.
refused-invalid = Proszę sprawdzić zaznaczone pola.
refused-picture-unreadable = Nie można odczytać tego obrazu. Proszę spróbować z innym.
refused-picture-too-large = Ten obraz jest za duży. Proszę go zmniejszyć i wysłać ponownie.
refused-blocked = Ten czat nie jest dla Państwa dostępny.

## A copy by e-mail

page-mail-subject = Państwa rozmowa z { $site }
page-mail-intro = Oto Państwa rozmowa z { $site } z dnia { $day }.

## Your data

your-data = Twoje dane
your-code = Twój kod: { $code }
page-data-why = Zobacz, co jest o Tobie przechowywane, zabierz to ze sobą albo każ usunąć. Kod pokazuje, że to Twoje.
page-data-code = Twój kod
page-data-code-help = 16 liter i cyfr. Znajdziesz je w oknie czatu, na dole przy kłódce.
page-data-show = Pokaż moje dane
page-data-wrong = To nie jest kod. Kod ma 16 liter i cyfr, na przykład ABCD-EFGH-IJKL-MNOP.
page-data-nothing = Pod tym kodem nic nie jest przechowywane. Już to usunięto albo kod jest źle wpisany.
page-data-kept = Co jest przechowywane
page-data-chat = Czat z { $site }
page-data-message = Wiadomość do { $site }
page-data-began = Początek
page-data-closed = Koniec
page-data-open = Nadal otwarty
page-data-goes = Zostanie usunięte
page-data-goes-later = Po zamknięciu
page-data-held = Na razie nie: trzeba to zachować z powodów prawnych. Zapytaj { $site }.
page-data-restricted = Jest przechowywane i nieużywane
page-data-entries = Wpisy: { $n }
page-data-told = Co o sobie podano
page-data-agreed = Zgoda
page-data-withdrawn = Wycofano
page-data-withdraw = Wycofaj moją zgodę
page-data-withdrawn-now = Twoja zgoda została wycofana.
page-data-file = Pobierz moje dane
page-data-file-help = Jedno archiwum ze stroną do czytania oraz tabelami i danymi dla maszyn.
page-data-erase = Usuń wszystko
page-data-erase-help = Od razu, także czat, który jest jeszcze otwarty. Nikt nie może tego przywrócić.
page-data-erase-ask = Tak, usuń to wszystko na zawsze
page-data-erase-tick = Zaznacz pole, jeśli chcesz usunąć wszystko. Nic nie usunięto.
page-data-erased = Twoje dane zostały usunięte.
page-data-erased-but = Twoje dane zostały usunięte, z wyjątkiem tego, co widać poniżej: trzeba to zachować z powodów prawnych.
page-data-receipt = Potwierdzenie { $row } z { $day }
page-data-filled = Wypełniono

## Secure forms

page-form-asked = { $name } prosi Państwa o wypełnienie formularza
form-open = Otwórz formularz
page-form = Formularz
page-form-who = Tylko pracownicy { $site } mogą przeczytać to, co Państwo tu napiszą. Odpowiedzi są przechowywane w postaci zaszyfrowanej i osobno od czatów.
page-form-send = Wyślij formularz
page-form-done = Państwa odpowiedzi dotarły
page-form-done-next = Mogą Państwo zamknąć tę stronę. Link został wykorzystany i niczego już nie otwiera.
page-form-expired = Ten link wygasł, więc nic nie zostało zapisane. Proszę poprosić o nowy.
page-form-gone = Tego formularza już nie ma, więc nic nie zostało zapisane. Proszę poprosić o nowy link.
page-form-none = Ten link nie prowadzi do żadnego formularza
page-form-none-next = Proszę sprawdzić, czy jest pełny, albo poprosić o nowy.
page-form-continue = Dalej
page-form-code = Część linku za znakiem #
page-form-date = Proszę wpisać datę, na przykład 1980-12-31.
page-form-card = To nie jest numer karty. Proszę sprawdzić każdą cyfrę.
page-form-expiry = Proszę wpisać miesiąc i rok ważności karty, na przykład 04/29.
page-form-consent = Proszę wyrazić zgodę przed wysłaniem.
page-form-card-kept = Przechowywane jest tylko sześć pierwszych i cztery ostatnie cyfry.
page-form-expiry-help = Miesiąc i rok, na przykład 04/29.
page-form-language = Język
page-form-change = Zmień język
page-form-at-view = Państwa odpowiedzi zostaną usunięte, gdy tylko ktoś je przeczyta.
page-form-at-close = Państwa odpowiedzi zostaną usunięte po zamknięciu czatu.
page-form-no-code = To wygląda na kod zabezpieczający karty, którego nikomu nie wolno przechowywać. Proszę go pominąć albo dopisać słowo, jeśli to coś innego, na przykład pokój 123.
page-form-changed = Ten formularz w międzyczasie się zmienił, więc nic nie zostało wysłane. Proszę go przejrzeć i wysłać ponownie.
page-form-sent-before = Ten formularz został już wcześniej wypełniony i wysłany, więc to, co jest tutaj, nie zostało wysłane. Proszę poprosić o nowy.
page-form-yours = To, co zostało wpisane
