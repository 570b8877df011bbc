## The button on the website

button-chat = تحدّث معنا
button-dismiss = إخفاء

## The window

title = محادثة · { $site }
minimise = تصغير المحادثة
sound = صوت عند وصول رسائل جديدة
messages = الرسائل
new-messages = رسائل جديدة
welcome = مرحبًا بكم. كيف يمكننا مساعدتكم؟
closing = شكرًا لكم على المحادثة. هذه المحادثة مغلقة.

## Who is here

presence-online = نحن هنا لخدمتكم
presence-nobody = لا يوجد أحد هنا في الوقت الحالي
presence-hours = نحن خارج أوقات الدوام الآن
presence-opens = نعود إلى العمل: { $time }
presence-declining = لا نستقبل محادثات جديدة في الوقت الحالي
presence-waiting = رسالتكم بانتظار الرد
presence-next = دوركم هو التالي
presence-place = ترتيبكم في قائمة الانتظار: { $n }
presence-wait = { $n ->
    [zero] الانتظار أقل من دقيقة
    [one] الانتظار نحو دقيقة واحدة
    [two] الانتظار نحو دقيقتين
    [few] الانتظار نحو { $n } دقائق
    [many] الانتظار نحو { $n } دقيقة
   *[other] الانتظار نحو { $n } دقيقة
}
presence-wait-short = الانتظار أقل من دقيقة
presence-here = { $name } معكم الآن
presence-away = { $name } خارج المحادثة لبعض الوقت
presence-left = وصلتنا رسالتكم
presence-ended = انتهت المحادثة
presence-deleted = حُذفت المحادثة
somebody = أحد موظفينا
typing = { $name } بصدد الكتابة

## What happened

you = أنتم
today-at = اليوم { $time }
day-at = { $day } { $time }
event-joined = انضمام { $name } إلى المحادثة
event-left = مغادرة { $name } للمحادثة
event-transferred = طلبكم الآن لدى { $name }
event-department = أنتم الآن في قائمة انتظار { $department }
event-ended = لقد أنهيتم المحادثة
event-mailed = أُرسلت نسخة من هذه المحادثة بالبريد الإلكتروني
event-masked = أُزيلت هنا بيانات سرية.

## Your message

your-message = رسالتكم
write = اكتبوا رسالة…
send = إرسال
sending = جارٍ الإرسال…
sent = أُرسلت
delivered = وصلت
seen = قُرئت
failed = لم تُرسل.
retry = المحاولة من جديد
discard = تجاهل
not-sent = لم تُرسل رسالتكم.
kept = رسالتكم محفوظة. ستجدون الرد هنا عند عودتكم.
peek = يمكننا رؤية ما تكتبونه قبل إرساله.
card-ask = يبدو هذا رقم بطاقة. لا مكان له في المحادثة.
card-form = طلب نموذج آمن
card-send = الإرسال من دونه
card-please = أرجو إرسال نموذج آمن لبيانات بطاقتي.

## The line

line-lost = لا يوجد اتصال. نعيد المحاولة…
line-lost-waiting = لا يوجد اتصال. رسالتكم محفوظة هنا وستُرسل حالما يعود الاتصال.
line-refused = هذه المحادثة غير متاحة في هذه الصفحة.
line-superseded = هذه المحادثة مفتوحة في نوافذ كثيرة جدًا. يُرجى إغلاق بعضها وإعادة تحميل هذه النافذة.
line-stopped = انقطع الاتصال بهذه المحادثة. يُرجى إعادة تحميل الصفحة للمتابعة.
line-declining = لا يمكننا استقبال محادثات جديدة في الوقت الحالي. ما تكتبونه يبقى هنا؛ يُرجى المحاولة من جديد بعد بضع دقائق.

## Before the chat

field-name = الاسم
field-email = البريد الإلكتروني
field-phone = رقم الهاتف
field-department = ما موضوع استفساركم؟
optional = (اختياري)
choose = يُرجى الاختيار
start = بدء المحادثة
error-empty = يُرجى ملء هذا الحقل.
error-long = هذا طويل جدًا.
error-email = لا يبدو هذا عنوان بريد إلكتروني صحيحًا، مثل name@example.org.
error-phone = لا يبدو هذا رقم هاتف صحيحًا، مثل ‎+971 4 123 4567‎.
error-choice = يُرجى اختيار أحد الخيارات.
error-consent = يُرجى الموافقة قبل البدء.

## While nobody is there

leave = ترك رسالة بدلًا من ذلك
leave-title = ترك رسالة
leave-why = لا يمكن لأحد الرد في الوقت الحالي. اكتبوا لنا وسنرد عليكم بالبريد الإلكتروني.
leave-send = إرسال الرسالة
leave-sent = وصلت رسالتكم. سنرد على العنوان الذي ذكرتموه.
leave-back = العودة إلى المحادثة
cancel = التوقف عن الانتظار

## The end

end = إنهاء المحادثة
end-ask = هل تريدون إنهاء هذه المحادثة؟ لن يتمكن أحد من الكتابة فيها بعد ذلك.
end-not = متابعة المحادثة
end-done = لقد أنهيتم هذه المحادثة.
deleted = حُذفت هذه المحادثة.
anew = بدء محادثة جديدة

## How it was

rating-ask = كيف كانت هذه المحادثة؟
rating-1 = سيئة جدًا
rating-2 = سيئة
rating-3 = مقبولة
rating-4 = جيدة
rating-5 = جيدة جدًا
rating-comment = ما الذي يمكننا تحسينه؟
rating-send = إرسال التقييم
rating-skip = تخطٍّ
rating-change = تغيير
rating-thanks = شكرًا لكم. وصل تقييمكم.
transcript = إرسال نسخة إليّ بالبريد الإلكتروني
transcript-sent = نسخة في الطريق إلى { $email }.

## Files

file-attach = إرفاق ملف
file-photo = التقاط صورة
file-drop = أفلتوا الملف هنا
file-sending = جارٍ إرسال { $name }: ‏{ $percent }٪
file-cancel = إلغاء إرسال { $name }
file-download = تنزيل { $name }
file-picture = صورة: { $name }
file-gone = حُذف هذا الملف.
file-failed = لم يُرسل { $name }.
file-too-big = الملف { $name } كبير جدًا. الحد الأقصى { $mb } م.ب.
file-empty = الملف { $name } فارغ.
file-too-many = { $n ->
    [zero] لا تتسع المحادثة لأي ملف.
    [one] تتسع المحادثة لملف واحد على الأكثر.
    [two] تتسع المحادثة لملفين على الأكثر.
    [few] تتسع المحادثة لـ { $n } ملفات على الأكثر.
    [many] تتسع المحادثة لـ { $n } ملفًا على الأكثر.
   *[other] تتسع المحادثة لـ { $n } ملف على الأكثر.
}
file-asked = طلب ملف منكم: { $name }

## What happens to it

promise-at-close = تُحذف هذه المحادثة فور إغلاقها
promise-hours = { $n ->
    [zero] تُحذف هذه المحادثة فور إغلاقها
    [one] تُحذف هذه المحادثة بعد ساعة واحدة من إغلاقها
    [two] تُحذف هذه المحادثة بعد ساعتين من إغلاقها
    [few] تُحذف هذه المحادثة بعد { $n } ساعات من إغلاقها
    [many] تُحذف هذه المحادثة بعد { $n } ساعة من إغلاقها
   *[other] تُحذف هذه المحادثة بعد { $n } ساعة من إغلاقها
}
promise-days = { $n ->
    [zero] تُحذف هذه المحادثة فور إغلاقها
    [one] تُحذف هذه المحادثة بعد يوم واحد من إغلاقها
    [two] تُحذف هذه المحادثة بعد يومين من إغلاقها
    [few] تُحذف هذه المحادثة بعد { $n } أيام من إغلاقها
    [many] تُحذف هذه المحادثة بعد { $n } يومًا من إغلاقها
   *[other] تُحذف هذه المحادثة بعد { $n } يوم من إغلاقها
}
promise-daily = تُحذف هذه المحادثة كل يوم عند { $time } ‏({ $zone })
promise-details = ما تكتبونه هنا محفوظ مشفّرًا على خادم { $site } ولا يقرؤه إلا موظفوه. عند الحذف يُتلف المفتاح فلا يستطيع أحد قراءته بعد ذلك. لا تحفظ هذه النافذة أي شيء في متصفحكم قبل رسالتكم الأولى.

## Chat without JavaScript

page-needs-script = تحتاج نافذة المحادثة هذه إلى JavaScript.
page-without-script = المحادثة من دون JavaScript
page-cookie = مع رسالتكم الأولى تحفظ هذه الصفحة ملف تعريف ارتباط كي يجد متصفحكم طريق العودة إلى هذه المحادثة.
page-reload = التحقق من وجود رسائل جديدة
page-live = إظهار الرسائل الجديدة تلقائيًا
page-live-on = تظهر الرسائل الجديدة هنا تلقائيًا.
page-live-stop = إيقاف ذلك
page-problem = يُرجى مراجعة ما يلي
page-file = ملف: { $name }
page-now = الآن
page-minutes = { $n ->
    [zero] الآن
    [one] قبل دقيقة واحدة
    [two] قبل دقيقتين
    [few] قبل { $n } دقائق
    [many] قبل { $n } دقيقة
   *[other] قبل { $n } دقيقة
}
page-hours = { $n ->
    [zero] الآن
    [one] قبل ساعة واحدة
    [two] قبل ساعتين
    [few] قبل { $n } ساعات
    [many] قبل { $n } ساعة
   *[other] قبل { $n } ساعة
}
page-days = { $n ->
    [zero] اليوم
    [one] قبل يوم واحد
    [two] قبل يومين
    [few] قبل { $n } أيام
    [many] قبل { $n } يومًا
   *[other] قبل { $n } يوم
}
page-opens-hours = { $n ->
    [zero] نعود إلى العمل بعد قليل
    [one] نعود إلى العمل بعد ساعة واحدة
    [two] نعود إلى العمل بعد ساعتين
    [few] نعود إلى العمل بعد { $n } ساعات
    [many] نعود إلى العمل بعد { $n } ساعة
   *[other] نعود إلى العمل بعد { $n } ساعة
}
page-opens-days = { $n ->
    [zero] نعود إلى العمل اليوم
    [one] نعود إلى العمل بعد يوم واحد
    [two] نعود إلى العمل بعد يومين
    [few] نعود إلى العمل بعد { $n } أيام
    [many] نعود إلى العمل بعد { $n } يومًا
   *[other] نعود إلى العمل بعد { $n } يوم
}
page-missing-title = لا توجد محادثة هنا
page-missing = نُقلت محادثة هذه الصفحة أو أُزيلت. يُرجى التواصل مع صاحب الصفحة بطريقة أخرى.

## What was not done, and why: after `refused-` stands the code of the live protocol

refused-empty = يُرجى كتابة شيء هنا.
refused-too-long = { $n ->
    [zero] النص طويل جدًا.
    [one] النص طويل جدًا: الحد الأقصى حرف واحد.
    [two] النص طويل جدًا: الحد الأقصى حرفان.
    [few] النص طويل جدًا: الحد الأقصى { $n } أحرف.
    [many] النص طويل جدًا: الحد الأقصى { $n } حرفًا.
   *[other] النص طويل جدًا: الحد الأقصى { $n } حرف.
}
refused-not-found = لم تعد هذه المحادثة موجودة.
refused-closed = هذه المحادثة مغلقة.
refused-full = هذه المحادثة ممتلئة. يُرجى بدء محادثة جديدة.
refused-busy = عدد المحادثات المفتوحة كبير جدًا في الوقت الحالي. يُرجى المحاولة لاحقًا.
refused-no-room = لا يمكننا استقبال محادثات جديدة في الوقت الحالي. ما تكتبونه يبقى هنا؛ يُرجى المحاولة من جديد بعد بضع دقائق.
refused-rate-limited = { $n ->
    [zero] كان ذلك سريعًا جدًا. يُرجى المحاولة من جديد.
    [one] كان ذلك سريعًا جدًا. يُرجى المحاولة من جديد بعد ثانية واحدة.
    [two] كان ذلك سريعًا جدًا. يُرجى المحاولة من جديد بعد ثانيتين.
    [few] كان ذلك سريعًا جدًا. يُرجى المحاولة من جديد بعد { $n } ثوانٍ.
    [many] كان ذلك سريعًا جدًا. يُرجى المحاولة من جديد بعد { $n } ثانية.
   *[other] كان ذلك سريعًا جدًا. يُرجى المحاولة من جديد بعد { $n } ثانية.
}
refused-unavailable = لا يمكننا قبول ذلك في الوقت الحالي. يُرجى المحاولة من جديد بعد بضع دقائق.
refused-unanswered = لم يرد الخادم.
refused-consent-needed = يُرجى الموافقة قبل البدء.
refused-invalid = يُرجى مراجعة الحقول المحددة.
refused-picture-unreadable = تتعذر قراءة هذه الصورة. يرجى تجربة صورة أخرى.
refused-picture-too-large = هذه الصورة كبيرة جدًا. يرجى تصغيرها وإرسالها مرة أخرى.
refused-blocked = هذه المحادثة غير متاحة لكم.

## A copy by e-mail

page-mail-subject = محادثتك مع { $site }
page-mail-intro = هذه محادثتك مع { $site } بتاريخ { $day }.

## Your data

your-data = بياناتك
your-code = رمزك: { $code }
page-data-why = اطّلع على ما يُحفظ عنك، أو خذه معك، أو اطلب حذفه. رمزك يثبت أنه لك.
page-data-code = رمزك
page-data-code-help = 16 حرفًا ورقمًا. تجدها في نافذة المحادثة، في الأسفل عند القفل.
page-data-show = عرض بياناتي
page-data-wrong = هذا ليس رمزًا. يتكوّن الرمز من 16 حرفًا ورقمًا، مثل ABCD-EFGH-IJKL-MNOP.
page-data-nothing = لا شيء محفوظ تحت هذا الرمز. إما أنه حُذف من قبل أو أن الرمز مكتوب خطأ.
page-data-kept = ما هو محفوظ
page-data-chat = محادثة مع { $site }
page-data-message = رسالة إلى { $site }
page-data-began = بدأت
page-data-closed = أُغلقت
page-data-open = لا تزال مفتوحة
page-data-goes = تُحذف
page-data-goes-later = بعد إغلاقها
page-data-held = ليس الآن: يجب حفظها لسبب قانوني. اسأل { $site }.
page-data-restricted = محفوظة ولا تُستخدم
page-data-entries = المدخلات: { $n }
page-data-told = ما قلته عن نفسك
page-data-agreed = موافقة
page-data-withdrawn = سُحبت
page-data-withdraw = سحب موافقتي
page-data-withdrawn-now = سُحبت موافقتك.
page-data-file = تنزيل بياناتي
page-data-file-help = أرشيف واحد فيه صفحة للقراءة وجداول وبيانات للأجهزة.
page-data-erase = حذف كل شيء
page-data-erase-help = فورًا، حتى المحادثة التي لا تزال مفتوحة. لا يمكن لأحد استعادتها.
page-data-erase-ask = نعم، احذف كل هذا إلى الأبد
page-data-erase-tick = ضع علامة في المربع إذا أردت حذف كل شيء. لم يُحذف شيء.
page-data-erased = حُذفت بياناتك.
page-data-erased-but = حُذفت بياناتك، ما عدا ما هو مذكور أدناه: يجب حفظه لسبب قانوني.
page-data-receipt = إيصال { $row } بتاريخ { $day }
page-data-filled = تم ملؤه

## Secure forms

page-form-asked = طلب تعبئة نموذج منكم: { $name }
form-open = فتح النموذج
page-form = نموذج
page-form-who = لا يستطيع قراءة ما تكتبونه هنا إلا العاملون لدى { $site }. ويُحفظ مشفّرًا ومنفصلًا عن كل محادثة.
page-form-send = إرسال النموذج
page-form-done = وصلت إجاباتكم
page-form-done-next = يمكنكم إغلاق هذه الصفحة. استُعمل الرابط ولم يعد يفتح شيئًا.
page-form-expired = انتهت صلاحية هذا الرابط، فلم يُحفظ شيء. يُرجى طلب رابط جديد.
page-form-gone = لم يعد هذا النموذج موجودًا، فلم يُحفظ شيء. يُرجى طلب رابط جديد.
page-form-none = هذا الرابط لا يؤدي إلى أي نموذج
page-form-none-next = تأكدوا من أنه كامل، أو اطلبوا رابطًا جديدًا.
page-form-continue = متابعة
page-form-code = الجزء من الرابط بعد العلامة #
page-form-date = يُرجى كتابة تاريخ مثل 1980-12-31.
page-form-card = هذا ليس رقم بطاقة. يُرجى مراجعة كل رقم.
page-form-expiry = يُرجى كتابة شهر وسنة انتهاء صلاحية البطاقة، مثل 04/29.
page-form-consent = يُرجى الموافقة قبل الإرسال.
page-form-card-kept = لا تُحفظ إلا الأرقام الستة الأولى والأربعة الأخيرة.
page-form-expiry-help = الشهر والسنة، مثل 04/29.
page-form-language = اللغة
page-form-change = تغيير اللغة
page-form-at-view = تُحذف إجاباتكم فور قراءتها.
page-form-at-close = تُحذف إجاباتكم عند إغلاق المحادثة.
page-form-no-code = يبدو هذا رمز أمان لبطاقة، ولا يجوز لأحد الاحتفاظ به. اتركه، أو أضف كلمة إن كان شيئًا آخر، مثل غرفة 123.
page-form-changed = تغيّر هذا النموذج في هذه الأثناء، لذلك لم يُرسَل شيء. يُرجى مراجعته وإرساله مرة أخرى.
page-form-sent-before = سبق ملء هذا النموذج وإرساله، لذلك لم يُرسَل ما هو مكتوب هنا. يُرجى طلب نموذج جديد.
page-form-yours = ما كتبتَه
