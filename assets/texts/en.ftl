# Every text that a visitor reads. The beginning of a key says who gets it: `button-` the line of HTML for the website,
# `page-` only the pages that the server draws itself, everything else the chat window. A text may hold variables, and may be
# one choice by a number; nothing else of Fluent is used (src/texts/grammar.rs).

## The button on the website

button-chat = Chat with us
button-dismiss = Dismiss

## The window

title = Chat · { $site }
minimise = Minimise chat
# A switch.
sound = Sound for new messages
messages = Messages
new-messages = New messages
welcome = Hello. How can we help?
closing = Thank you for the talk. This chat is closed.

## Who is here

presence-online = We are here
presence-nobody = Nobody is here right now
presence-hours = We are closed right now
# $time: the day and hour, such as "Monday 09:00"
presence-opens = Open again: { $time }
presence-declining = No new chats at the moment
presence-waiting = Waiting for an answer
presence-next = You are next
presence-place = You are number { $n } in line
presence-wait = { $n ->
    [one] About { $n } minute to wait
   *[other] About { $n } minutes to wait
}
presence-wait-short = Less than a minute to wait
presence-here = { $name } is here
presence-away = { $name } is away for the moment
# A message was left; nobody waits.
presence-left = Your message is with us
presence-ended = Chat ended
presence-deleted = Chat deleted
# Stands for a name that is not known.
somebody = Somebody
typing = { $name } is typing

## What happened

you = You
today-at = Today { $time }
day-at = { $day } { $time }
event-joined = { $name } joined
event-left = { $name } left
event-transferred = { $name } now takes care of your chat
event-department = You are now in line for { $department }
event-ended = You ended the chat
event-mailed = A copy of this chat was sent by e-mail
event-masked = Confidential details were removed here.

## Your message

your-message = Your message
write = Write a message…
send = Send
sending = Sending…
sent = Sent
delivered = Delivered
seen = Seen
failed = Not sent.
retry = Try again
discard = Discard
not-sent = Your message was not sent.
kept = Your message is kept. The answer will stand here when you come back.
peek = We can already see what you write before you send it.
card-ask = This looks like a card number. It does not belong in a chat.
card-form = Ask for a secure form
card-send = Send without it
# What the visitor then says.
card-please = Please send me a secure form for my card details.

## The line

line-lost = No connection. Trying again…
line-lost-waiting = No connection. Your message waits here and will be sent.
line-refused = This chat is not available on this page.
line-superseded = This chat is open in too many windows. Close some and reload this one.
line-stopped = This chat has been disconnected. Reload the page to go on.
line-declining = We cannot take new chats at the moment. What you write stays here; please try again in a few minutes.

## Before the chat

field-name = Your name
field-email = Your e-mail address
field-phone = Your phone number
field-department = What is it about?
# Follows the name of a field that may stay empty.
optional = (optional)
choose = Please choose
start = Start chat
error-empty = Please fill this in.
error-long = This is too long.
error-email = This does not look like an e-mail address, such as name@example.org.
error-phone = This does not look like a phone number, such as +44 20 7946 0018.
error-choice = Please choose one.
error-consent = Please agree before you start.

## While nobody is there

leave = Leave a message instead
leave-title = Leave a message
leave-why = Nobody can answer right now. Write to us, and we will answer by e-mail.
leave-send = Send message
leave-sent = Your message has arrived. We will answer to the address you gave.
leave-back = Back to the chat
cancel = Stop waiting

## The end

end = End chat
end-ask = End this chat? Nobody can write in it afterwards.
end-not = Keep chatting
end-done = You ended this chat.
deleted = This chat has been deleted.
anew = Start a new chat

## How it was

rating-ask = How was this chat?
rating-1 = Very bad
rating-2 = Bad
rating-3 = Okay
rating-4 = Good
rating-5 = Very good
rating-comment = What could be better?
rating-send = Send rating
rating-skip = Skip
rating-change = Change
rating-thanks = Thank you. Your rating has arrived.
transcript = Send me a copy by e-mail
transcript-sent = A copy is on its way to { $email }.

## Files

file-attach = Attach a file
file-photo = Take a photo
file-drop = Drop your file here
file-sending = Sending { $name }: { $percent } %
file-cancel = Cancel sending { $name }
file-download = Download { $name }
file-picture = Picture: { $name }
file-gone = This file has been deleted.
file-failed = { $name } was not sent.
file-too-big = { $name } is too big. At most { $mb } MB fit.
file-empty = { $name } is empty.
file-too-many = { $n ->
    [one] At most { $n } file fits in one chat.
   *[other] At most { $n } files fit in one chat.
}
file-asked = { $name } asks you for a file

## What happens to it

promise-at-close = This chat is deleted as soon as it is closed
promise-hours = { $n ->
    [one] This chat is deleted { $n } hour after it is closed
   *[other] This chat is deleted { $n } hours after it is closed
}
promise-days = { $n ->
    [one] This chat is deleted { $n } day after it is closed
   *[other] This chat is deleted { $n } days after it is closed
}
promise-daily = This chat is deleted each day at { $time } ({ $zone })
promise-details = What you write here is kept encrypted on the server of { $site } and read only by its staff. When it is deleted, its key is destroyed, so that nobody can read it any more. This window stores nothing in your browser before your first message.

## Chat without JavaScript

page-needs-script = This chat window needs JavaScript.
page-without-script = Chat without JavaScript
page-cookie = With your first message this page keeps a cookie, so that your browser finds the way back to this chat.
page-reload = Look for new messages
page-live = Let new messages appear by themselves
page-live-on = New messages appear here by themselves.
page-live-stop = Stop this
page-problem = Please look at this again
page-file = File: { $name }
page-now = just now
page-minutes = { $n ->
    [one] { $n } minute ago
   *[other] { $n } minutes ago
}
page-hours = { $n ->
    [one] { $n } hour ago
   *[other] { $n } hours ago
}
page-days = { $n ->
    [one] { $n } day ago
   *[other] { $n } days ago
}
page-opens-hours = { $n ->
    [one] Open again in { $n } hour
   *[other] Open again in { $n } hours
}
page-opens-days = { $n ->
    [one] Open again in { $n } day
   *[other] Open again in { $n } days
}
page-missing-title = There is no chat here
page-missing = The chat of this page was moved or taken away. Please contact its owner in another way.

## What was not done, and why: after `refused-` stands the code of the live protocol

refused-empty = Please write something here.
refused-too-long = { $n ->
    [one] This is too long: at most { $n } character fits.
   *[other] This is too long: at most { $n } characters fit.
}
refused-not-found = This chat is not there any more.
refused-closed = This chat is closed.
refused-full = This chat is full. Please start a new one.
refused-busy = Too many chats are open at the moment. Please try again later.
refused-no-room = We cannot take new chats at the moment. What you write stays here; please try again in a few minutes.
refused-rate-limited = { $n ->
    [one] That was quick. Please try again in { $n } second.
   *[other] That was quick. Please try again in { $n } seconds.
}
refused-unavailable = We cannot take this at the moment. Please try again in a few minutes.
refused-unanswered = The server did not answer.
refused-consent-needed = Please agree before you start.
refused-invalid = Please look at the fields that are marked.
refused-picture-unreadable = This picture cannot be read. Please try another one.
refused-picture-too-large = This picture is too large. Please make it smaller and send it again.
refused-blocked = This chat is not available to you.

## A copy by e-mail

page-mail-subject = Your chat with { $site }
page-mail-intro = This is your chat with { $site } on { $day }.

## Your data

your-data = Your data
your-code = Your code: { $code }
page-data-why = See what is kept about you, take it along, or have it deleted. Your code shows that it is yours.
page-data-code = Your code
page-data-code-help = 16 letters and digits. They stand in the chat window, under the lock at the bottom.
page-data-show = Show my data
page-data-wrong = This is not a code. It has 16 letters and digits, such as ABCD-EFGH-IJKL-MNOP.
page-data-nothing = Nothing is kept under this code. It has been deleted already, or the code is mistyped.
page-data-kept = What is kept
page-data-chat = Chat with { $site }
page-data-message = Message to { $site }
page-data-began = Began
page-data-closed = Closed
page-data-open = Still open
page-data-goes = Is deleted
page-data-goes-later = After it is closed
page-data-held = Not for now: it has to be kept for a legal reason. Ask { $site }.
page-data-restricted = It is kept and not used
page-data-entries = Entries: { $n }
page-data-told = What you said about yourself
page-data-agreed = Agreed
page-data-withdrawn = Taken back
page-data-withdraw = Take back my consent
page-data-withdrawn-now = Your consent has been taken back.
page-data-file = Download my data
page-data-file-help = One archive with a page to read, and tables and data for machines.
page-data-erase = Delete everything
page-data-erase-help = At once, also a chat that is still open. Nobody can bring it back.
page-data-erase-ask = Yes, delete all of this for ever
page-data-erase-tick = Tick the box if you want everything deleted. Nothing was deleted.
page-data-erased = Your data has been deleted.
page-data-erased-but = Your data has been deleted, except for what stands below: it has to be kept for a legal reason.
page-data-receipt = Receipt { $row } of { $day }
page-data-filled = Filled in

## Secure forms

page-form-asked = { $name } asks you to fill in a form
form-open = Open the form
page-form = Form
page-form-who = Only the staff of { $site } can read what you write here. It is kept encrypted and apart from every chat.
page-form-send = Send form
page-form-done = Your answers have arrived
page-form-done-next = You can close this page. The link has been used and opens nothing any more.
page-form-expired = This link has expired, so nothing was stored. Please ask for a new one.
page-form-gone = This form is not there any more, so nothing was stored. Please ask for a new link.
page-form-none = This link leads to no form
page-form-none-next = Look whether it is complete, or ask for a new one.
page-form-continue = Go on
page-form-code = The part of your link behind the # sign
page-form-date = Please write a date, such as 1980-12-31.
page-form-card = This is not a card number. Please look at each digit.
page-form-expiry = Please write the month and year until which the card is valid, such as 04/29.
page-form-consent = Please agree before you send it.
page-form-card-kept = Only the first six and the last four digits are kept.
page-form-expiry-help = Month and year, such as 04/29.
page-form-language = Language
page-form-change = Change language
page-form-at-view = Your answers are deleted as soon as they have been read.
page-form-at-close = Your answers are deleted when the chat is closed.
page-form-no-code = This looks like the security code of a card, which nobody may keep. Leave it out, or add a word if it is something else, such as room 123.
page-form-changed = This form has changed meanwhile, so nothing was sent. Please look through it and send it again.
page-form-sent-before = This form was filled in and sent before, so what stands here was not sent. Please ask for a new one.
page-form-yours = What you wrote
