## The button on the website

button-chat = צ׳אט איתנו
button-dismiss = הסתרה

## The window

title = צ׳אט · { $site }
minimise = מזעור הצ׳אט
sound = צליל בהגעת הודעות חדשות
messages = הודעות
new-messages = הודעות חדשות
welcome = שלום. במה נוכל לעזור?
closing = תודה על השיחה. הצ׳אט הזה סגור.

## Who is here

presence-online = אנחנו כאן
presence-nobody = אין כאן אף אחד כרגע
presence-hours = אנחנו סגורים כרגע
presence-opens = נפתח שוב: { $time }
presence-declining = אין צ׳אטים חדשים כרגע
presence-waiting = הודעתך ממתינה למענה
presence-next = תורך הוא הבא
presence-place = מקומך בתור: { $n }
presence-wait = { $n ->
    [one] המתנה של דקה בערך
    [two] המתנה של שתי דקות בערך
   *[other] המתנה של { $n } דקות בערך
}
presence-wait-short = המתנה של פחות מדקה
presence-here = { $name } כאן
presence-away = { $name } לא כאן לרגע
presence-left = ההודעה הגיעה אלינו
presence-ended = הצ׳אט הסתיים
presence-deleted = הצ׳אט נמחק
somebody = איש צוות
typing = הקלדה: { $name }

## What happened

you = את/ה
today-at = היום { $time }
day-at = { $day } { $time }
event-joined = הצטרפות לצ׳אט: { $name }
event-left = עזיבת הצ׳אט: { $name }
event-transferred = פנייתך עברה לטיפול של { $name }
event-department = פנייתך נמצאת כעת בתור של { $department }
event-ended = סיימת את הצ׳אט
event-mailed = עותק של הצ׳אט נשלח בדואר אלקטרוני
event-masked = פרטים חסויים הוסרו מכאן.

## Your message

your-message = ההודעה שלך
write = כאן כותבים הודעה…
send = שליחה
sending = בשליחה…
sent = נשלחה
delivered = נמסרה
seen = נקראה
failed = לא נשלחה.
retry = ניסיון נוסף
discard = ביטול ההודעה
not-sent = הודעתך לא נשלחה.
kept = הודעתך נשמרה. המענה ימתין כאן לשובך.
peek = אנחנו רואים את מה שנכתב כאן עוד לפני השליחה.
card-ask = זה נראה כמו מספר כרטיס. מקומו אינו בצ׳אט.
card-form = לבקש טופס מאובטח
card-send = לשלוח בלעדיו
card-please = נא לשלוח לי טופס מאובטח לפרטי הכרטיס שלי.

## The line

line-lost = אין חיבור. מתבצע ניסיון נוסף…
line-lost-waiting = אין חיבור. הודעתך ממתינה כאן ותישלח ברגע שיתאפשר.
line-refused = הצ׳אט אינו זמין בעמוד זה.
line-superseded = הצ׳אט פתוח ביותר מדי חלונות. יש לסגור כמה מהם ולטעון את החלון הזה מחדש.
line-stopped = הצ׳אט נותק. כדי להמשיך יש לטעון את העמוד מחדש.
line-declining = איננו יכולים לקבל צ׳אטים חדשים כרגע. מה שנכתב נשאר כאן; נא לנסות שוב בעוד כמה דקות.

## Before the chat

field-name = שם
field-email = כתובת דואר אלקטרוני
field-phone = מספר טלפון
field-department = במה מדובר?
optional = (לא חובה)
choose = נא לבחור
start = התחלת הצ׳אט
error-empty = נא למלא שדה זה.
error-long = הטקסט ארוך מדי.
error-email = זו אינה נראית ככתובת דואר אלקטרוני, כמו name@example.org.
error-phone = זה אינו נראה כמספר טלפון, כמו ‎+972 3 123 4567‎.
error-choice = נא לבחור אפשרות.
error-consent = נא לתת הסכמה לפני שמתחילים.

## While nobody is there

leave = השארת הודעה במקום זאת
leave-title = השארת הודעה
leave-why = אין מי שיענה כרגע. אפשר לכתוב לנו, ונענה בדואר אלקטרוני.
leave-send = שליחת ההודעה
leave-sent = הודעתך התקבלה. נענה לכתובת שנמסרה.
leave-back = חזרה לצ׳אט
cancel = הפסקת ההמתנה

## The end

end = סיום הצ׳אט
end-ask = לסיים את הצ׳אט? לאחר מכן לא ניתן יהיה לכתוב בו.
end-not = המשך הצ׳אט
end-done = סיימת את הצ׳אט.
deleted = הצ׳אט הזה נמחק.
anew = התחלת צ׳אט חדש

## How it was

rating-ask = איך היה הצ׳אט?
rating-1 = גרוע מאוד
rating-2 = גרוע
rating-3 = סביר
rating-4 = טוב
rating-5 = טוב מאוד
rating-comment = מה היינו יכולים לשפר?
rating-send = שליחת הדירוג
rating-skip = דילוג
rating-change = שינוי
rating-thanks = תודה. הדירוג התקבל.
transcript = שליחת עותק אליי בדואר אלקטרוני
transcript-sent = עותק בדרך אל { $email }.

## Files

file-attach = צירוף קובץ
file-photo = צילום תמונה
file-drop = כאן משחררים את הקובץ
file-sending = שליחת { $name }: { $percent }%
file-cancel = ביטול השליחה של { $name }
file-download = הורדת { $name }
file-picture = תמונה: { $name }
file-gone = הקובץ הזה נמחק.
file-failed = { $name } לא נשלח.
file-too-big = { $name } גדול מדי. הגודל המרבי הוא { $mb } מ״ב.
file-empty = { $name } ריק.
file-too-many = { $n ->
    [one] אפשר לצרף לצ׳אט קובץ אחד לכל היותר.
    [two] אפשר לצרף לצ׳אט שני קבצים לכל היותר.
   *[other] אפשר לצרף לצ׳אט { $n } קבצים לכל היותר.
}
file-asked = בקשה לקובץ: { $name }

## What happens to it

promise-at-close = הצ׳אט נמחק מיד עם סגירתו
promise-hours = { $n ->
    [one] הצ׳אט נמחק שעה אחת לאחר סגירתו
    [two] הצ׳אט נמחק שעתיים לאחר סגירתו
   *[other] הצ׳אט נמחק { $n } שעות לאחר סגירתו
}
promise-days = { $n ->
    [one] הצ׳אט נמחק יום אחד לאחר סגירתו
    [two] הצ׳אט נמחק יומיים לאחר סגירתו
   *[other] הצ׳אט נמחק { $n } ימים לאחר סגירתו
}
promise-daily = הצ׳אט נמחק מדי יום בשעה { $time } ({ $zone })
promise-details = מה שנכתב כאן נשמר מוצפן בשרת של { $site } ונקרא רק על ידי הצוות שלו. בעת המחיקה המפתח מושמד, ואיש אינו יכול לקרוא זאת עוד. חלון זה אינו שומר דבר בדפדפן לפני ההודעה הראשונה.

## Chat without JavaScript

page-needs-script = חלון הצ׳אט הזה דורש JavaScript.
page-without-script = צ׳אט ללא JavaScript
page-cookie = עם ההודעה הראשונה העמוד הזה שומר עוגייה, כדי שהדפדפן ימצא את הדרך חזרה לצ׳אט.
page-reload = בדיקה אם יש הודעות חדשות
page-live = הצגה אוטומטית של הודעות חדשות
page-live-on = הודעות חדשות מופיעות כאן מעצמן.
page-live-stop = הפסקה
page-problem = נא לבדוק זאת שוב
page-file = קובץ: { $name }
page-now = ממש עכשיו
page-minutes = { $n ->
    [one] לפני דקה
    [two] לפני שתי דקות
   *[other] לפני { $n } דקות
}
page-hours = { $n ->
    [one] לפני שעה
    [two] לפני שעתיים
   *[other] לפני { $n } שעות
}
page-days = { $n ->
    [one] לפני יום
    [two] לפני יומיים
   *[other] לפני { $n } ימים
}
page-opens-hours = { $n ->
    [one] נפתח שוב בעוד שעה
    [two] נפתח שוב בעוד שעתיים
   *[other] נפתח שוב בעוד { $n } שעות
}
page-opens-days = { $n ->
    [one] נפתח שוב בעוד יום
    [two] נפתח שוב בעוד יומיים
   *[other] נפתח שוב בעוד { $n } ימים
}
page-missing-title = אין כאן צ׳אט
page-missing = הצ׳אט של העמוד הזה הועבר או הוסר. נא לפנות אל בעל העמוד בדרך אחרת.

## What was not done, and why: after `refused-` stands the code of the live protocol

refused-empty = נא לכתוב כאן משהו.
refused-too-long = { $n ->
    [one] הטקסט ארוך מדי: תו אחד לכל היותר.
    [two] הטקסט ארוך מדי: שני תווים לכל היותר.
   *[other] הטקסט ארוך מדי: { $n } תווים לכל היותר.
}
refused-not-found = הצ׳אט הזה כבר אינו קיים.
refused-closed = הצ׳אט הזה סגור.
refused-full = הצ׳אט הזה מלא. נא להתחיל צ׳אט חדש.
refused-busy = יותר מדי צ׳אטים פתוחים כרגע. נא לנסות שוב מאוחר יותר.
refused-no-room = איננו יכולים לקבל צ׳אטים חדשים כרגע. מה שנכתב נשאר כאן; נא לנסות שוב בעוד כמה דקות.
refused-rate-limited = { $n ->
    [one] זה היה מהיר מאוד. נא לנסות שוב בעוד שנייה.
    [two] זה היה מהיר מאוד. נא לנסות שוב בעוד שתי שניות.
   *[other] זה היה מהיר מאוד. נא לנסות שוב בעוד { $n } שניות.
}
refused-unavailable = איננו יכולים לקבל זאת כרגע. נא לנסות שוב בעוד כמה דקות.
refused-unanswered = השרת לא השיב.
refused-consent-needed = נא לתת הסכמה לפני שמתחילים.
refused-invalid = נא לבדוק את השדות המסומנים.
refused-picture-unreadable = לא ניתן לקרוא את התמונה הזאת. נא לנסות תמונה אחרת.
refused-picture-too-large = התמונה הזאת גדולה מדי. נא להקטין אותה ולשלוח שוב.
refused-blocked = הצ׳אט הזה אינו זמין עבורך.

## A copy by e-mail

page-mail-subject = השיחה שלך עם { $site }
page-mail-intro = זו השיחה שלך עם { $site } מתאריך { $day }.

## Your data

your-data = הנתונים שלך
your-code = הקוד שלך: { $code }
page-data-why = אפשר לראות מה נשמר עליך, לקחת את זה או לבקש מחיקה. הקוד מראה שזה שלך.
page-data-code = הקוד שלך
page-data-code-help = 16 אותיות וספרות. הן נמצאות בחלון הצ׳אט, למטה ליד המנעול.
page-data-show = הצגת הנתונים שלי
page-data-wrong = זה לא קוד. בקוד יש 16 אותיות וספרות, למשל ABCD-EFGH-IJKL-MNOP.
page-data-nothing = שום דבר לא נשמר תחת הקוד הזה. הוא כבר נמחק, או שהקוד הוקלד לא נכון.
page-data-kept = מה נשמר
page-data-chat = צ׳אט עם { $site }
page-data-message = הודעה אל { $site }
page-data-began = התחיל
page-data-closed = נסגר
page-data-open = עדיין פתוח
page-data-goes = יימחק
page-data-goes-later = אחרי הסגירה
page-data-held = לא כרגע: יש לשמור את זה מסיבה משפטית. אפשר לשאול את { $site }.
page-data-restricted = נשמר ולא נמצא בשימוש
page-data-entries = רשומות: { $n }
page-data-told = מה שסיפרת על עצמך
page-data-agreed = הסכמה
page-data-withdrawn = בוטלה
page-data-withdraw = ביטול ההסכמה שלי
page-data-withdrawn-now = ההסכמה שלך בוטלה.
page-data-file = הורדת הנתונים שלי
page-data-file-help = ארכיון אחד עם דף לקריאה, וטבלאות ונתונים למכונות.
page-data-erase = מחיקת הכול
page-data-erase-help = מיד, גם צ׳אט שעדיין פתוח. איש לא יוכל לשחזר את זה.
page-data-erase-ask = כן, למחוק את כל זה לתמיד
page-data-erase-tick = יש לסמן את התיבה כדי למחוק הכול. דבר לא נמחק.
page-data-erased = הנתונים שלך נמחקו.
page-data-erased-but = הנתונים שלך נמחקו, מלבד מה שמופיע למטה: יש לשמור את זה מסיבה משפטית.
page-data-receipt = אישור { $row } מתאריך { $day }
page-data-filled = מולא

## Secure forms

page-form-asked = בקשה למילוי טופס: { $name }
form-open = פתיחת הטופס
page-form = טופס
page-form-who = רק הצוות של { $site } יכול לקרוא את מה שתכתבו כאן. הדברים נשמרים מוצפנים ובנפרד מכל צ׳אט.
page-form-send = שליחת הטופס
page-form-done = התשובות שלכם הגיעו
page-form-done-next = אפשר לסגור את הדף. הקישור נוצל ואינו פותח דבר.
page-form-expired = תוקף הקישור פג, ולכן דבר לא נשמר. נא לבקש קישור חדש.
page-form-gone = הטופס כבר אינו קיים, ולכן דבר לא נשמר. נא לבקש קישור חדש.
page-form-none = הקישור אינו מוביל לטופס
page-form-none-next = בדקו שהוא שלם, או בקשו קישור חדש.
page-form-continue = המשך
page-form-code = החלק בקישור שאחרי הסימן #
page-form-date = נא לכתוב תאריך, למשל 1980-12-31.
page-form-card = זה אינו מספר כרטיס. נא לבדוק כל ספרה.
page-form-expiry = נא לכתוב את החודש והשנה שבהם פג תוקף הכרטיס, למשל 04/29.
page-form-consent = נא להסכים לפני השליחה.
page-form-card-kept = נשמרות רק שש הספרות הראשונות וארבע האחרונות.
page-form-expiry-help = חודש ושנה, למשל 04/29.
page-form-language = שפה
page-form-change = החלפת שפה
page-form-at-view = התשובות שלכם נמחקות מיד לאחר שנקראו.
page-form-at-close = התשובות שלכם נמחקות כשהצ׳אט נסגר.
page-form-no-code = זה נראה כמו קוד האבטחה של כרטיס, שאסור לאיש לשמור. השמיטו אותו, או הוסיפו מילה אם מדובר במשהו אחר, למשל חדר 123.
page-form-changed = הטופס השתנה בינתיים, ולכן דבר לא נשלח. עברו עליו ושלחו אותו שוב.
page-form-sent-before = הטופס כבר מולא ונשלח קודם לכן, ולכן מה שכתוב כאן לא נשלח. בקשו טופס חדש.
page-form-yours = מה שכתבתם
