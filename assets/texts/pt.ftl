## The button on the website

button-chat = Fale conosco
button-dismiss = Ocultar

## The window

title = Conversa · { $site }
minimise = Minimizar a conversa
sound = Som para novas mensagens
messages = Mensagens
new-messages = Novas mensagens
welcome = Olá. Como podemos ajudar?
closing = Agradecemos a conversa. Este atendimento está encerrado.

## Who is here

presence-online = Estamos à sua disposição
presence-nobody = No momento não há ninguém aqui
presence-hours = No momento estamos fechados
presence-opens = Reabertura: { $time }
presence-declining = No momento não há novas conversas
presence-waiting = Sua mensagem aguarda resposta
presence-next = A próxima vez é a sua
presence-place = Seu lugar na fila: { $n }
presence-wait = { $n ->
    [one] Cerca de { $n } minuto de espera
   *[other] Cerca de { $n } minutos de espera
}
presence-wait-short = Menos de um minuto de espera
presence-here = { $name } está aqui
presence-away = { $name } volta em um momento
presence-left = A sua mensagem já chegou até nós
presence-ended = Conversa encerrada
presence-deleted = Conversa apagada
somebody = Alguém
typing = { $name } está escrevendo

## What happened

you = Você
today-at = Hoje { $time }
day-at = { $day } { $time }
event-joined = { $name } entrou na conversa
event-left = { $name } saiu da conversa
event-transferred = { $name } agora cuida do seu atendimento
event-department = Você agora está na fila de { $department }
event-ended = Você encerrou a conversa
event-mailed = Uma cópia desta conversa foi enviada por e-mail
event-masked = Dados confidenciais foram removidos aqui.

## Your message

your-message = Sua mensagem
write = Escreva uma mensagem…
send = Enviar
sending = Enviando…
sent = Enviada
delivered = Entregue
seen = Lida
failed = Não enviada.
retry = Tentar novamente
discard = Descartar
not-sent = Sua mensagem não foi enviada.
kept = Sua mensagem está guardada. A resposta estará aqui quando você voltar.
peek = Podemos ver o que você escreve antes do envio.
card-ask = Isto parece um número de cartão. Não deve ser escrito num chat.
card-form = Pedir um formulário seguro
card-send = Enviar sem o número
card-please = Por favor, enviem-me um formulário seguro para os dados do meu cartão.

## The line

line-lost = Sem conexão. Tentando novamente…
line-lost-waiting = Sem conexão. Sua mensagem aguarda aqui e será enviada assim que possível.
line-refused = Esta conversa não está disponível nesta página.
line-superseded = Esta conversa está aberta em janelas demais. Feche algumas e recarregue esta.
line-stopped = Esta conversa foi desconectada. Recarregue a página para continuar.
line-declining = No momento não podemos aceitar novas conversas. O que você escrever fica aqui; tente novamente em alguns minutos.

## Before the chat

field-name = Seu nome
field-email = Seu endereço de e-mail
field-phone = Seu número de telefone
field-department = Qual é o assunto?
optional = (opcional)
choose = Escolha uma opção
start = Iniciar a conversa
error-empty = Preencha este campo, por favor.
error-long = É longo demais.
error-email = Isto não parece um endereço de e-mail, como por exemplo nome@example.org.
error-phone = Isto não parece um número de telefone, como por exemplo +55 11 2345-6789.
error-choice = Escolha uma opção, por favor.
error-consent = Dê seu consentimento antes de começar, por favor.

## While nobody is there

leave = Deixar uma mensagem
leave-title = Deixar uma mensagem
leave-why = No momento ninguém pode responder. Escreva para nós e responderemos por e-mail.
leave-send = Enviar a mensagem
leave-sent = Sua mensagem chegou. Responderemos para o endereço que você informou.
leave-back = Voltar à conversa
cancel = Parar de esperar

## The end

end = Encerrar a conversa
end-ask = Encerrar esta conversa? Depois disso ninguém poderá escrever nela.
end-not = Continuar a conversa
end-done = Você encerrou esta conversa.
deleted = Esta conversa foi apagada.
anew = Iniciar uma nova conversa

## How it was

rating-ask = Como foi esta conversa?
rating-1 = Muito ruim
rating-2 = Ruim
rating-3 = Razoável
rating-4 = Bom
rating-5 = Muito bom
rating-comment = O que poderíamos melhorar?
rating-send = Enviar a avaliação
rating-skip = Pular
rating-change = Alterar
rating-thanks = Agradecemos. Sua avaliação chegou.
transcript = Receber uma cópia por e-mail
transcript-sent = Uma cópia está a caminho de { $email }.

## Files

file-attach = Anexar um arquivo
file-photo = Tirar uma foto
file-drop = Solte seu arquivo aqui
file-sending = Enviando { $name }: { $percent } %
file-cancel = Cancelar o envio de { $name }
file-download = Baixar { $name }
file-picture = Imagem: { $name }
file-gone = Este arquivo foi apagado.
file-failed = { $name } não foi enviado.
file-too-big = { $name } é grande demais. O máximo é { $mb } MB.
file-empty = { $name } está vazio.
file-too-many = { $n ->
    [one] Em uma conversa cabe no máximo { $n } arquivo.
   *[other] Em uma conversa cabem no máximo { $n } arquivos.
}
file-asked = { $name } pede um arquivo a você

## What happens to it

promise-at-close = Esta conversa é apagada assim que é encerrada
promise-hours = { $n ->
    [one] Esta conversa é apagada { $n } hora após o encerramento
   *[other] Esta conversa é apagada { $n } horas após o encerramento
}
promise-days = { $n ->
    [one] Esta conversa é apagada { $n } dia após o encerramento
   *[other] Esta conversa é apagada { $n } dias após o encerramento
}
promise-daily = Esta conversa é apagada todos os dias às { $time } ({ $zone })
promise-details = O que você escreve aqui fica guardado de forma criptografada no servidor de { $site } e é lido apenas por sua equipe. Ao ser apagado, a chave é destruída, e ninguém mais pode ler. Esta janela não guarda nada no seu navegador antes da sua primeira mensagem.

## Chat without JavaScript

page-needs-script = Esta janela de conversa precisa de JavaScript.
page-without-script = Conversar sem JavaScript
page-cookie = Com sua primeira mensagem, esta página guarda um cookie para que seu navegador encontre esta conversa de novo.
page-reload = Ver se há novas mensagens
page-live = Mostrar automaticamente as novas mensagens
page-live-on = As novas mensagens aparecem aqui automaticamente.
page-live-stop = Desativar
page-problem = Verifique o seguinte, por favor
page-file = Arquivo: { $name }
page-now = agora mesmo
page-minutes = { $n ->
    [one] há { $n } minuto
   *[other] há { $n } minutos
}
page-hours = { $n ->
    [one] há { $n } hora
   *[other] há { $n } horas
}
page-days = { $n ->
    [one] há { $n } dia
   *[other] há { $n } dias
}
page-opens-hours = { $n ->
    [one] Reabrimos em { $n } hora
   *[other] Reabrimos em { $n } horas
}
page-opens-days = { $n ->
    [one] Reabrimos em { $n } dia
   *[other] Reabrimos em { $n } dias
}
page-missing-title = Não há conversa aqui
page-missing = A conversa desta página foi movida ou retirada. Entre em contato com o responsável de outra forma.

## What was not done, and why: after `refused-` stands the code of the live protocol

refused-empty = Escreva algo aqui, por favor.
refused-too-long = { $n ->
    [one] É longo demais: cabe no máximo { $n } caractere.
   *[other] É longo demais: cabem no máximo { $n } caracteres.
}
refused-not-found = Esta conversa não existe mais.
refused-closed = Esta conversa está encerrada.
refused-full = Esta conversa está cheia. Inicie uma nova, por favor.
refused-busy = No momento há conversas demais abertas. Tente novamente mais tarde.
refused-no-room = No momento não podemos aceitar novas conversas. O que você escrever fica aqui; tente novamente em alguns minutos.
refused-rate-limited = { $n ->
    [one] Foi muito rápido. Tente novamente em { $n } segundo.
   *[other] Foi muito rápido. Tente novamente em { $n } segundos.
}
refused-unavailable = No momento não podemos aceitar isto. Tente novamente em alguns minutos.
refused-unanswered = O servidor não respondeu.
refused-consent-needed = Dê seu consentimento antes de começar, por favor.
refused-invalid = Verifique os campos marcados, por favor.
refused-picture-unreadable = Não é possível ler esta imagem. Tente outra, por favor.
refused-picture-too-large = Esta imagem é grande demais. Reduza-a e envie-a novamente, por favor.
refused-blocked = Esta conversa não está disponível para você.

## A copy by e-mail

page-mail-subject = A sua conversa com { $site }
page-mail-intro = Esta é a sua conversa com { $site } de { $day }.

## Your data

your-data = Os seus dados
your-code = O seu código: { $code }
page-data-why = Veja o que é guardado sobre si, leve-o consigo ou mande apagá-lo. O seu código mostra que é seu.
page-data-code = O seu código
page-data-code-help = 16 letras e algarismos. Estão na janela do chat, em baixo, junto ao cadeado.
page-data-show = Mostrar os meus dados
page-data-wrong = Isto não é um código. Tem 16 letras e algarismos, por exemplo ABCD-EFGH-IJKL-MNOP.
page-data-nothing = Nada está guardado com este código. Já foi apagado, ou o código está mal escrito.
page-data-kept = O que é guardado
page-data-chat = Chat com { $site }
page-data-message = Mensagem a { $site }
page-data-began = Começou
page-data-closed = Terminou
page-data-open = Ainda aberto
page-data-goes = É apagado
page-data-goes-later = Depois de fechado
page-data-held = Por agora não: tem de ser guardado por um motivo legal. Pergunte a { $site }.
page-data-restricted = É guardado e não é usado
page-data-entries = Entradas: { $n }
page-data-told = O que disse de si
page-data-agreed = Aceite
page-data-withdrawn = Retirado
page-data-withdraw = Retirar o meu consentimento
page-data-withdrawn-now = O seu consentimento foi retirado.
page-data-file = Descarregar os meus dados
page-data-file-help = Um arquivo com uma página para ler, e tabelas e dados para máquinas.
page-data-erase = Apagar tudo
page-data-erase-help = De imediato, também um chat ainda aberto. Ninguém o pode recuperar.
page-data-erase-ask = Sim, apagar tudo isto para sempre
page-data-erase-tick = Assinale a caixa se quer apagar tudo. Nada foi apagado.
page-data-erased = Os seus dados foram apagados.
page-data-erased-but = Os seus dados foram apagados, exceto o que está abaixo: tem de ser guardado por um motivo legal.
page-data-receipt = Recibo { $row } de { $day }
page-data-filled = Preenchido

## Secure forms

page-form-asked = { $name } pede que você preencha um formulário
form-open = Abrir o formulário
page-form = Formulário
page-form-who = Somente a equipe de { $site } pode ler o que você escreve aqui. Fica guardado com criptografia e separado de qualquer chat.
page-form-send = Enviar formulário
page-form-done = Suas respostas chegaram
page-form-done-next = Você pode fechar esta página. O link já foi usado e não abre mais nada.
page-form-expired = Este link expirou, por isso nada foi guardado. Peça um novo, por favor.
page-form-gone = Este formulário não existe mais, por isso nada foi guardado. Peça um novo link, por favor.
page-form-none = Este link não leva a nenhum formulário
page-form-none-next = Verifique se está completo ou peça um novo.
page-form-continue = Continuar
page-form-code = A parte do seu link depois do sinal #
page-form-date = Escreva uma data, por exemplo 1980-12-31.
page-form-card = Isto não é um número de cartão. Verifique cada dígito, por favor.
page-form-expiry = Escreva o mês e o ano até os quais o cartão é válido, por exemplo 04/29.
page-form-consent = Dê seu consentimento antes de enviar, por favor.
page-form-card-kept = Somente os seis primeiros e os quatro últimos dígitos são guardados.
page-form-expiry-help = Mês e ano, por exemplo 04/29.
page-form-language = Idioma
page-form-change = Mudar idioma
page-form-at-view = Suas respostas são excluídas assim que forem lidas.
page-form-at-close = Suas respostas são excluídas quando o chat é encerrado.
page-form-no-code = Isto parece o código de segurança de um cartão, que ninguém pode guardar. Não o escreva ou, se for outra coisa, acrescente uma palavra, por exemplo quarto 123.
page-form-changed = Este formulário foi alterado entretanto, por isso nada foi enviado. Reveja-o e envie-o de novo.
page-form-sent-before = Este formulário já foi preenchido e enviado, por isso o que está aqui não foi enviado. Peça um novo.
page-form-yours = O que escreveu
