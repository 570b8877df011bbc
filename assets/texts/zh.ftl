## The button on the website

button-chat = 在线咨询
button-dismiss = 不再显示

## The window

title = 对话 · { $site }
minimise = 最小化对话窗口
sound = 新消息提示音
messages = 消息
new-messages = 新消息
welcome = 您好。请问有什么可以帮您？
closing = 感谢您的咨询。本次对话已结束。

## Who is here

presence-online = 我们在线
presence-nobody = 目前没有人在线
presence-hours = 目前不在服务时间内
presence-opens = 恢复服务时间：{ $time }
presence-declining = 目前无法开始新的对话
presence-waiting = 正在等待答复
presence-next = 下一位就是您
presence-place = 您排在第 { $n } 位
presence-wait = { $n ->
   *[other] 大约需要等待 { $n } 分钟
}
presence-wait-short = 等待时间不到一分钟
presence-here = { $name } 正在为您服务
presence-away = { $name } 暂时离开
presence-left = 我们已收到您的留言
presence-ended = 对话已结束
presence-deleted = 对话已删除
somebody = 工作人员
typing = { $name } 正在输入

## What happened

you = 您
today-at = 今天 { $time }
day-at = { $day } { $time }
event-joined = { $name } 加入了对话
event-left = { $name } 离开了对话
event-transferred = 现在由 { $name } 为您服务
event-department = 您现在正在 { $department } 排队
event-ended = 您结束了对话
event-mailed = 本次对话的副本已通过电子邮件发送
event-masked = 此处的机密信息已被移除。

## Your message

your-message = 您的消息
write = 请输入消息…
send = 发送
sending = 正在发送…
sent = 已发送
delivered = 已送达
seen = 已读
failed = 未发送。
retry = 重试
discard = 放弃
not-sent = 您的消息未能发送。
kept = 您的消息已保存。您再次打开时，答复会显示在这里。
peek = 在您发送之前，我们就能看到您输入的内容。
card-ask = 这看起来像卡号，请不要写在聊天中。
card-form = 索取安全表单
card-send = 去掉后发送
card-please = 请给我发一个填写卡片信息的安全表单。

## The line

line-lost = 没有连接。正在重试…
line-lost-waiting = 没有连接。您的消息保留在这里，连接恢复后会立即发送。
line-refused = 此页面无法使用本对话。
line-superseded = 本对话在太多窗口中打开。请关闭其中一些，然后重新加载此窗口。
line-stopped = 本对话的连接已断开。请重新加载页面以继续。
line-declining = 目前无法开始新的对话。您输入的内容会保留在这里，请几分钟后再试。

## Before the chat

field-name = 您的姓名
field-email = 您的电子邮箱
field-phone = 您的电话号码
field-department = 您想咨询什么？
optional = （选填）
choose = 请选择
start = 开始对话
error-empty = 请填写此项。
error-long = 内容过长。
error-email = 这看起来不是电子邮箱地址，例如 name@example.org。
error-phone = 这看起来不是电话号码，例如 +86 10 1234 5678。
error-choice = 请选择一项。
error-consent = 开始之前请先表示同意。

## While nobody is there

leave = 改为留言
leave-title = 留言
leave-why = 目前没有人可以答复。请给我们留言，我们会通过电子邮件答复您。
leave-send = 发送留言
leave-sent = 您的留言已收到。我们会答复到您提供的地址。
leave-back = 返回对话
cancel = 不再等待

## The end

end = 结束对话
end-ask = 要结束本次对话吗？结束后任何人都无法再发送消息。
end-not = 继续对话
end-done = 您结束了本次对话。
deleted = 本次对话已删除。
anew = 开始新的对话

## How it was

rating-ask = 您对本次对话满意吗？
rating-1 = 很差
rating-2 = 差
rating-3 = 一般
rating-4 = 好
rating-5 = 很好
rating-comment = 我们有哪些地方可以改进？
rating-send = 提交评价
rating-skip = 跳过
rating-change = 更改
rating-thanks = 谢谢。您的评价已收到。
transcript = 通过电子邮件给我发送副本
transcript-sent = 副本正在发送到 { $email }。

## Files

file-attach = 添加文件
file-photo = 拍照
file-drop = 请将文件拖放到这里
file-sending = 正在发送 { $name }：{ $percent }%
file-cancel = 取消发送 { $name }
file-download = 下载 { $name }
file-picture = 图片：{ $name }
file-gone = 此文件已删除。
file-failed = { $name } 未能发送。
file-too-big = { $name } 太大。最大为 { $mb } MB。
file-empty = { $name } 是空文件。
file-too-many = { $n ->
   *[other] 一次对话最多可以发送 { $n } 个文件。
}
file-asked = { $name } 请您发送一个文件

## What happens to it

promise-at-close = 本次对话结束后立即删除
promise-hours = { $n ->
   *[other] 本次对话结束 { $n } 小时后删除
}
promise-days = { $n ->
   *[other] 本次对话结束 { $n } 天后删除
}
promise-daily = 本次对话将在每天 { $time } 删除（{ $zone }）
promise-details = 您在这里输入的内容以加密方式保存在 { $site } 的服务器上，只有其工作人员可以阅读。删除时密钥会被销毁，此后任何人都无法再阅读。在您发送第一条消息之前，此窗口不会在您的浏览器中保存任何内容。

## Chat without JavaScript

page-needs-script = 此对话窗口需要 JavaScript。
page-without-script = 不使用 JavaScript 进行对话
page-cookie = 您发送第一条消息时，此页面会保存一个 Cookie，以便您的浏览器能够回到本次对话。
page-reload = 查看是否有新消息
page-live = 自动显示新消息
page-live-on = 新消息会自动显示在这里。
page-live-stop = 停止自动显示
page-problem = 请再检查一下
page-file = 文件：{ $name }
page-now = 刚刚
page-minutes = { $n ->
   *[other] { $n } 分钟前
}
page-hours = { $n ->
   *[other] { $n } 小时前
}
page-days = { $n ->
   *[other] { $n } 天前
}
page-opens-hours = { $n ->
   *[other] { $n } 小时后恢复服务
}
page-opens-days = { $n ->
   *[other] { $n } 天后恢复服务
}
page-missing-title = 这里没有对话
page-missing = 此页面的对话已移动或撤下。请通过其他方式联系其负责人。

## What was not done, and why: after `refused-` stands the code of the live protocol

refused-empty = 请在这里输入内容。
refused-too-long = { $n ->
   *[other] 内容太长：最多 { $n } 个字符。
}
refused-not-found = 本次对话已不存在。
refused-closed = 本次对话已关闭。
refused-full = 本次对话已满。请开始新的对话。
refused-busy = 目前进行中的对话太多。请稍后再试。
refused-no-room = 目前无法开始新的对话。您输入的内容会保留在这里，请几分钟后再试。
refused-rate-limited = { $n ->
   *[other] 操作太快。请在 { $n } 秒后重试。
}
refused-unavailable = 目前无法接收。请几分钟后再试。
refused-unanswered = 服务器没有答复。
refused-consent-needed = 开始之前请先表示同意。
refused-invalid = 请检查标出的项目。
refused-picture-unreadable = 无法读取此图片。请换一张再试。
refused-picture-too-large = 此图片过大。请缩小后重新发送。
refused-blocked = 您无法使用本次对话。

## A copy by e-mail

page-mail-subject = 您与{ $site }的对话
page-mail-intro = 以下是您于{ $day }与{ $site }的对话。

## Your data

your-data = 您的数据
your-code = 您的代码：{ $code }
page-data-why = 查看保存了哪些关于您的内容、带走或要求删除。您的代码表明这些属于您。
page-data-code = 您的代码
page-data-code-help = 16 个字母和数字，位于聊天窗口底部的锁形标志处。
page-data-show = 显示我的数据
page-data-wrong = 这不是代码。代码有 16 个字母和数字，例如 ABCD-EFGH-IJKL-MNOP。
page-data-nothing = 此代码下没有保存任何内容。内容已被删除，或代码输入有误。
page-data-kept = 保存的内容
page-data-chat = 与 { $site } 的聊天
page-data-message = 给 { $site } 的留言
page-data-began = 开始
page-data-closed = 结束
page-data-open = 仍在进行
page-data-goes = 删除时间
page-data-goes-later = 结束之后
page-data-held = 暂时不能删除：因法律原因必须保存。请询问 { $site }。
page-data-restricted = 保存但不使用
page-data-entries = 条目：{ $n }
page-data-told = 您提供的个人信息
page-data-agreed = 已同意
page-data-withdrawn = 已撤回
page-data-withdraw = 撤回我的同意
page-data-withdrawn-now = 您的同意已撤回。
page-data-file = 下载我的数据
page-data-file-help = 一个压缩包，包含可阅读的页面，以及供机器使用的表格和数据。
page-data-erase = 全部删除
page-data-erase-help = 立即删除，包括仍在进行的聊天。任何人都无法恢复。
page-data-erase-ask = 是的，永久删除全部内容
page-data-erase-tick = 如要全部删除，请勾选。尚未删除任何内容。
page-data-erased = 您的数据已删除。
page-data-erased-but = 您的数据已删除，但下列内容除外：因法律原因必须保存。
page-data-receipt = { $day } 的凭据 { $row }
page-data-filled = 填写的内容

## Secure forms

page-form-asked = { $name } 请您填写一份表单
form-open = 打开表单
page-form = 表单
page-form-who = 您在这里填写的内容只有 { $site } 的工作人员可以阅读。内容会加密保存，并与所有聊天分开。
page-form-send = 发送表单
page-form-done = 我们已收到您的回答
page-form-done-next = 您可以关闭此页面。该链接已使用，不能再打开任何内容。
page-form-expired = 此链接已过期，因此没有保存任何内容。请索取新的链接。
page-form-gone = 此表单已不存在，因此没有保存任何内容。请索取新的链接。
page-form-none = 此链接没有对应的表单
page-form-none-next = 请检查链接是否完整，或索取新的链接。
page-form-continue = 继续
page-form-code = 链接中 # 后面的部分
page-form-date = 请填写日期，例如 1980-12-31。
page-form-card = 这不是卡号。请检查每一位数字。
page-form-expiry = 请填写卡片有效期的月份和年份，例如 04/29。
page-form-consent = 发送前请先同意。
page-form-card-kept = 只保存前六位和后四位数字。
page-form-expiry-help = 月份和年份，例如 04/29。
page-form-language = 语言
page-form-change = 更改语言
page-form-at-view = 您的回答在被阅读后会立即删除。
page-form-at-close = 您的回答会在聊天关闭时删除。
page-form-no-code = 这看起来像银行卡的安全码，任何人都不得保存。请不要填写；如果是其他内容，请加上文字，例如 123 号房间。
page-form-changed = 此表单在此期间已更改，因此没有发送任何内容。请查看后重新发送。
page-form-sent-before = 此表单之前已填写并发送，因此这里的内容没有发送。请索取新的表单。
page-form-yours = 您所写的内容
