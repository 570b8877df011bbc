## The button on the website

button-chat = チャットで相談する
button-dismiss = 表示しない

## The window

title = チャット · { $site }
minimise = チャットを最小化する
sound = 新着メッセージの音
messages = メッセージ
new-messages = 新しいメッセージ
welcome = こんにちは。どのようなご用件でしょうか。
closing = お問い合わせいただき、ありがとうございました。このチャットは終了しました。

## Who is here

presence-online = ただいま対応いたします
presence-nobody = ただいま担当者がおりません
presence-hours = ただいま受付時間外です
presence-opens = 受付再開：{ $time }
presence-declining = ただいま新しいチャットを受け付けておりません
presence-waiting = 返信をお待ちください
presence-next = 次にご案内します
presence-place = 順番待ち：{ $n } 番目
presence-wait = { $n ->
   *[other] 待ち時間の目安：約 { $n } 分
}
presence-wait-short = 待ち時間の目安：1 分未満
presence-here = { $name } が対応しています
presence-away = { $name } は少しの間、席を外しています
presence-left = メッセージを受け取りました
presence-ended = チャットは終了しました
presence-deleted = チャットは削除されました
somebody = 担当者
typing = { $name } が入力しています

## What happened

you = お客様
today-at = 今日 { $time }
day-at = { $day } { $time }
event-joined = { $name } が参加しました
event-left = { $name } が退出しました
event-transferred = これより { $name } が担当いたします
event-department = { $department } の順番をお待ちいただいています
event-ended = お客様がチャットを終了しました
event-mailed = このチャットの控えをメールで送信しました
event-masked = 機密情報がここから削除されました。

## Your message

your-message = メッセージ
write = メッセージを入力…
send = 送信
sending = 送信中…
sent = 送信済み
delivered = 配信済み
seen = 既読
failed = 送信できませんでした。
retry = もう一度試す
discard = 破棄する
not-sent = メッセージを送信できませんでした。
kept = メッセージは保存されました。次にお越しの際、ここに返信が表示されます。
peek = 入力中の内容は、送信前でも当方に表示されます。
card-ask = カード番号のようです。チャットには書かないでください。
card-form = 安全なフォームを依頼
card-send = 番号を除いて送信
card-please = カード情報を入力するための安全なフォームを送ってください。

## The line

line-lost = 接続できません。もう一度試しています…
line-lost-waiting = 接続できません。メッセージはここに保持され、接続が回復しだい送信されます。
line-refused = このページではこのチャットをご利用いただけません。
line-superseded = このチャットは多くのウィンドウで開かれています。いくつか閉じてから、このウィンドウを再読み込みしてください。
line-stopped = このチャットとの接続が切れました。続けるにはページを再読み込みしてください。
line-declining = ただいま新しいチャットを受け付けておりません。入力内容はここに残ります。数分後にもう一度お試しください。

## Before the chat

field-name = お名前
field-email = メールアドレス
field-phone = 電話番号
field-department = ご用件
optional = （任意）
choose = 選択してください
start = チャットを始める
error-empty = この項目を入力してください。
error-long = 長すぎます。
error-email = メールアドレスの形式ではないようです（例：name@example.org）。
error-phone = 電話番号の形式ではないようです（例：+81 3 1234 5678）。
error-choice = いずれかを選択してください。
error-consent = 始める前に同意をお願いいたします。

## While nobody is there

leave = 代わりに伝言を残す
leave-title = 伝言を残す
leave-why = ただいまお答えできる担当者がおりません。伝言をお残しいただければ、メールでご返信いたします。
leave-send = 伝言を送信する
leave-sent = 伝言を受け付けました。ご記入のアドレスにご返信いたします。
leave-back = チャットに戻る
cancel = 待つのをやめる

## The end

end = チャットを終了する
end-ask = このチャットを終了しますか。終了後は書き込めなくなります。
end-not = チャットを続ける
end-done = お客様がこのチャットを終了しました。
deleted = このチャットは削除されました。
anew = 新しいチャットを始める

## How it was

rating-ask = このチャットはいかがでしたか。
rating-1 = とても悪い
rating-2 = 悪い
rating-3 = ふつう
rating-4 = 良い
rating-5 = とても良い
rating-comment = 改善すべき点をお聞かせください
rating-send = 評価を送信する
rating-skip = スキップ
rating-change = 変更
rating-thanks = ありがとうございました。評価を受け付けました。
transcript = 控えをメールで受け取る
transcript-sent = 控えを { $email } に送信しています。

## Files

file-attach = ファイルを添付する
file-photo = 写真を撮る
file-drop = ここにファイルをドロップしてください
file-sending = { $name } を送信中：{ $percent }%
file-cancel = { $name } の送信を中止する
file-download = { $name } をダウンロードする
file-picture = 画像：{ $name }
file-gone = このファイルは削除されました。
file-failed = { $name } を送信できませんでした。
file-too-big = { $name } は大きすぎます。上限は { $mb } MB です。
file-empty = { $name } は空です。
file-too-many = { $n ->
   *[other] 1 つのチャットで送信できるファイルは { $n } 個までです。
}
file-asked = { $name } がファイルの送付をお願いしています

## What happens to it

promise-at-close = このチャットは終了後すぐに削除されます
promise-hours = { $n ->
   *[other] このチャットは終了から { $n } 時間後に削除されます
}
promise-days = { $n ->
   *[other] このチャットは終了から { $n } 日後に削除されます
}
promise-daily = このチャットは毎日 { $time } に削除されます（{ $zone }）
promise-details = ここに入力された内容は、{ $site } のサーバーに暗号化して保管され、その担当者だけが読みます。削除の際には鍵が破棄されるため、以後だれも読むことができません。最初のメッセージを送信するまで、このウィンドウはブラウザーに何も保存しません。

## Chat without JavaScript

page-needs-script = このチャットウィンドウには JavaScript が必要です。
page-without-script = JavaScript を使わずにチャットする
page-cookie = 最初のメッセージを送信すると、このチャットに戻れるように、このページはブラウザーに Cookie を保存します。
page-reload = 新しいメッセージを確認する
page-live = 新しいメッセージを自動的に表示する
page-live-on = 新しいメッセージは自動的にここに表示されます。
page-live-stop = 自動表示をやめる
page-problem = もう一度ご確認ください
page-file = ファイル：{ $name }
page-now = たった今
page-minutes = { $n ->
   *[other] { $n } 分前
}
page-hours = { $n ->
   *[other] { $n } 時間前
}
page-days = { $n ->
   *[other] { $n } 日前
}
page-opens-hours = { $n ->
   *[other] あと { $n } 時間で受付を再開します
}
page-opens-days = { $n ->
   *[other] あと { $n } 日で受付を再開します
}
page-missing-title = ここにチャットはありません
page-missing = このページのチャットは移動または削除されました。お手数ですが、別の方法で運営者にお問い合わせください。

## What was not done, and why: after `refused-` stands the code of the live protocol

refused-empty = ここに何か入力してください。
refused-too-long = { $n ->
   *[other] 長すぎます。{ $n } 文字までにしてください。
}
refused-not-found = このチャットはもうありません。
refused-closed = このチャットは終了しています。
refused-full = このチャットにはこれ以上書き込めません。新しいチャットを始めてください。
refused-busy = ただいま多くのチャットが開かれています。しばらくしてからもう一度お試しください。
refused-no-room = ただいま新しいチャットを受け付けておりません。入力内容はここに残ります。数分後にもう一度お試しください。
refused-rate-limited = { $n ->
   *[other] 操作が速すぎます。{ $n } 秒後にもう一度お試しください。
}
refused-unavailable = ただいま受け付けることができません。数分後にもう一度お試しください。
refused-unanswered = サーバーから応答がありませんでした。
refused-consent-needed = 始める前に同意をお願いいたします。
refused-invalid = 印の付いた項目をご確認ください。
refused-picture-unreadable = この画像は読み込めません。別の画像をお試しください。
refused-picture-too-large = この画像は大きすぎます。小さくしてからもう一度お送りください。
refused-blocked = このチャットはご利用いただけません。

## A copy by e-mail

page-mail-subject = { $site }とのチャット
page-mail-intro = { $day }に{ $site }と行われたチャットの内容です。

## Your data

your-data = あなたのデータ
your-code = あなたのコード：{ $code }
page-data-why = 保存されている内容の確認、持ち出し、削除ができます。ご本人であることはコードで示します。
page-data-code = あなたのコード
page-data-code-help = 16 文字の英数字です。チャット画面の下、錠のマークのところにあります。
page-data-show = データを表示
page-data-wrong = これはコードではありません。ABCD-EFGH-IJKL-MNOP のような 16 文字の英数字です。
page-data-nothing = このコードで保存されているものはありません。すでに削除されたか、コードが間違っています。
page-data-kept = 保存されている内容
page-data-chat = { $site } とのチャット
page-data-message = { $site } へのメッセージ
page-data-began = 開始
page-data-closed = 終了
page-data-open = 進行中
page-data-goes = 削除予定
page-data-goes-later = 終了後
page-data-held = 今は削除できません。法的な理由で保存する必要があります。{ $site } にお尋ねください。
page-data-restricted = 保存されていますが、使われません
page-data-entries = 件数：{ $n }
page-data-told = ご自身について伝えた内容
page-data-agreed = 同意
page-data-withdrawn = 撤回
page-data-withdraw = 同意を撤回する
page-data-withdrawn-now = 同意を撤回しました。
page-data-file = データをダウンロード
page-data-file-help = 読むためのページと、機械用の表とデータを一つにまとめたファイルです。
page-data-erase = すべて削除
page-data-erase-help = 進行中のチャットも含めて、すぐに削除されます。元に戻すことは誰にもできません。
page-data-erase-ask = はい、すべて完全に削除します
page-data-erase-tick = すべて削除するには、チェックを入れてください。まだ何も削除されていません。
page-data-erased = データを削除しました。
page-data-erased-but = 以下を除き、データを削除しました。以下のものは、法的な理由で保存する必要があります。
page-data-receipt = { $day } の控え { $row }
page-data-filled = 記入内容

## Secure forms

page-form-asked = { $name } がフォームへのご記入をお願いしています
form-open = フォームを開く
page-form = フォーム
page-form-who = ここに書かれた内容を読めるのは { $site } の担当者だけです。暗号化され、チャットとは別に保管されます。
page-form-send = フォームを送信
page-form-done = ご回答が届きました
page-form-done-next = このページを閉じてかまいません。リンクは使用済みで、もう開けません。
page-form-expired = このリンクの有効期限が切れたため、何も保存されていません。新しいリンクをご依頼ください。
page-form-gone = このフォームはもうないため、何も保存されていません。新しいリンクをご依頼ください。
page-form-none = このリンクの先にフォームはありません
page-form-none-next = リンクが途中で切れていないかご確認いただくか、新しいリンクをご依頼ください。
page-form-continue = 次へ
page-form-code = リンクの # より後ろの部分
page-form-date = 日付を 1980-12-31 のように入力してください。
page-form-card = カード番号ではありません。数字をもう一度ご確認ください。
page-form-expiry = カードの有効期限の月と年を 04/29 のように入力してください。
page-form-consent = 送信する前に同意してください。
page-form-card-kept = 保存されるのは最初の6桁と最後の4桁だけです。
page-form-expiry-help = 月と年（例：04/29）
page-form-language = 言語
page-form-change = 言語を変更
page-form-at-view = ご回答は、読まれるとすぐに削除されます。
page-form-at-close = ご回答は、チャットが終了すると削除されます。
page-form-no-code = カードのセキュリティコードのようです。これは誰も保管できません。入力しないでください。別のものであれば、「123号室」のように言葉を添えてください。
page-form-changed = このフォームはその間に変更されたため、何も送信されていません。内容を確認して、もう一度送信してください。
page-form-sent-before = このフォームは以前に記入、送信されているため、ここにある内容は送信されていません。新しいフォームを依頼してください。
page-form-yours = お書きになった内容
