## The button on the website

button-chat = Hable con nosotros
button-dismiss = Ocultar

## The window

title = Chat · { $site }
minimise = Minimizar el chat
sound = Sonido al llegar mensajes nuevos
messages = Mensajes
new-messages = Mensajes nuevos
welcome = Buenos días. ¿En qué podemos ayudarle?
closing = Gracias por la conversación. Este chat está cerrado.

## Who is here

presence-online = Estamos a su disposición
presence-nobody = En este momento no hay nadie
presence-hours = Ahora mismo estamos cerrados
presence-opens = Abrimos de nuevo: { $time }
presence-declining = No hay chats nuevos por el momento
presence-waiting = Su mensaje espera respuesta
presence-next = El siguiente turno es el suyo
presence-place = Su lugar en la cola: { $n }
presence-wait = { $n ->
    [one] Aproximadamente { $n } minuto de espera
   *[other] Aproximadamente { $n } minutos de espera
}
presence-wait-short = Menos de un minuto de espera
presence-here = { $name } está aquí
presence-away = { $name } se ha ausentado un momento
presence-left = Ya tenemos su mensaje
presence-ended = Chat terminado
presence-deleted = Chat eliminado
somebody = Alguien
typing = { $name } está escribiendo

## What happened

you = Usted
today-at = Hoy { $time }
day-at = { $day } { $time }
event-joined = { $name } se ha unido al chat
event-left = { $name } ha salido del chat
event-transferred = { $name } se ocupa ahora de su consulta
event-department = Ahora está en la cola de { $department }
event-ended = Usted ha terminado el chat
event-mailed = Se ha enviado una copia de este chat por correo electrónico
event-masked = Aquí se han eliminado datos confidenciales.

## Your message

your-message = Su mensaje
write = Escriba un mensaje…
send = Enviar
sending = Enviando…
sent = Enviado
delivered = Entregado
seen = Leído
failed = No enviado.
retry = Intentar de nuevo
discard = Descartar
not-sent = Su mensaje no se ha enviado.
kept = Su mensaje está guardado. La respuesta estará aquí cuando vuelva.
peek = Podemos ver lo que escribe antes de que lo envíe.
card-ask = Esto parece un número de tarjeta. No conviene escribirlo en un chat.
card-form = Pedir un formulario seguro
card-send = Enviar sin el número
card-please = Por favor, envíenme un formulario seguro para los datos de mi tarjeta.

## The line

line-lost = Sin conexión. Intentando de nuevo…
line-lost-waiting = Sin conexión. Su mensaje espera aquí y se enviará en cuanto sea posible.
line-refused = Este chat no está disponible en esta página.
line-superseded = Este chat está abierto en demasiadas ventanas. Cierre algunas y vuelva a cargar esta.
line-stopped = Este chat se ha desconectado. Vuelva a cargar la página para continuar.
line-declining = Por el momento no podemos aceptar chats nuevos. Lo que escriba se queda aquí; inténtelo de nuevo dentro de unos minutos.

## Before the chat

field-name = Su nombre
field-email = Su correo electrónico
field-phone = Su número de teléfono
field-department = ¿De qué se trata?
optional = (opcional)
choose = Elija una opción
start = Empezar el chat
error-empty = Rellene este campo, por favor.
error-long = Es demasiado largo.
error-email = Esto no parece una dirección de correo, como por ejemplo nombre@example.org.
error-phone = Esto no parece un número de teléfono, como por ejemplo +34 910 123 456.
error-choice = Elija una opción, por favor.
error-consent = Dé su consentimiento antes de empezar, por favor.

## While nobody is there

leave = Mejor dejar un mensaje
leave-title = Dejar un mensaje
leave-why = En este momento nadie puede responder. Escríbanos y le responderemos por correo electrónico.
leave-send = Enviar el mensaje
leave-sent = Su mensaje ha llegado. Responderemos a la dirección que nos ha dado.
leave-back = Volver al chat
cancel = Dejar de esperar

## The end

end = Terminar el chat
end-ask = ¿Terminar este chat? Después nadie podrá escribir en él.
end-not = Seguir en el chat
end-done = Usted ha terminado este chat.
deleted = Este chat se ha eliminado.
anew = Empezar un chat nuevo

## How it was

rating-ask = ¿Qué le ha parecido este chat?
rating-1 = Muy mal
rating-2 = Mal
rating-3 = Aceptable
rating-4 = Bien
rating-5 = Muy bien
rating-comment = ¿Qué podríamos mejorar?
rating-send = Enviar la valoración
rating-skip = Omitir
rating-change = Cambiar
rating-thanks = Gracias. Su valoración ha llegado.
transcript = Enviarme una copia por correo electrónico
transcript-sent = Una copia va de camino a { $email }.

## Files

file-attach = Adjuntar un archivo
file-photo = Hacer una foto
file-drop = Suelte su archivo aquí
file-sending = Enviando { $name }: { $percent } %
file-cancel = Cancelar el envío de { $name }
file-download = Descargar { $name }
file-picture = Imagen: { $name }
file-gone = Este archivo se ha eliminado.
file-failed = { $name } no se ha enviado.
file-too-big = { $name } es demasiado grande. El máximo es { $mb } MB.
file-empty = { $name } está vacío.
file-too-many = { $n ->
    [one] En un chat cabe como máximo { $n } archivo.
   *[other] En un chat caben como máximo { $n } archivos.
}
file-asked = { $name } le pide un archivo

## What happens to it

promise-at-close = Este chat se elimina en cuanto se cierra
promise-hours = { $n ->
    [one] Este chat se elimina { $n } hora después de cerrarse
   *[other] Este chat se elimina { $n } horas después de cerrarse
}
promise-days = { $n ->
    [one] Este chat se elimina { $n } día después de cerrarse
   *[other] Este chat se elimina { $n } días después de cerrarse
}
promise-daily = Este chat se elimina cada día a las { $time } ({ $zone })
promise-details = Lo que escribe aquí se guarda cifrado en el servidor de { $site } y solo lo lee su personal. Al eliminarse se destruye la clave, de modo que nadie puede leerlo más. Esta ventana no guarda nada en su navegador antes de su primer mensaje.

## Chat without JavaScript

page-needs-script = Esta ventana de chat necesita JavaScript.
page-without-script = Chatear sin JavaScript
page-cookie = Con su primer mensaje esta página guarda una cookie para que su navegador encuentre de nuevo este chat.
page-reload = Ver si hay mensajes nuevos
page-live = Mostrar por sí solos los mensajes nuevos
page-live-on = Los mensajes nuevos aparecen aquí por sí solos.
page-live-stop = Desactivar
page-problem = Revise lo siguiente, por favor
page-file = Archivo: { $name }
page-now = ahora mismo
page-minutes = { $n ->
    [one] hace { $n } minuto
   *[other] hace { $n } minutos
}
page-hours = { $n ->
    [one] hace { $n } hora
   *[other] hace { $n } horas
}
page-days = { $n ->
    [one] hace { $n } día
   *[other] hace { $n } días
}
page-opens-hours = { $n ->
    [one] Abrimos de nuevo en { $n } hora
   *[other] Abrimos de nuevo en { $n } horas
}
page-opens-days = { $n ->
    [one] Abrimos de nuevo en { $n } día
   *[other] Abrimos de nuevo en { $n } días
}
page-missing-title = Aquí no hay ningún chat
page-missing = El chat de esta página se ha movido o retirado. Póngase en contacto con su responsable por otro medio.

## What was not done, and why: after `refused-` stands the code of the live protocol

refused-empty = Escriba algo aquí, por favor.
refused-too-long = { $n ->
    [one] Es demasiado largo: cabe como máximo { $n } carácter.
   *[other] Es demasiado largo: caben como máximo { $n } caracteres.
}
refused-not-found = Este chat ya no existe.
refused-closed = Este chat está cerrado.
refused-full = Este chat está lleno. Empiece uno nuevo, por favor.
refused-busy = En este momento hay demasiados chats abiertos. Inténtelo de nuevo más tarde.
refused-no-room = Por el momento no podemos aceptar chats nuevos. Lo que escriba se queda aquí; inténtelo de nuevo dentro de unos minutos.
refused-rate-limited = { $n ->
    [one] Ha ido muy rápido. Inténtelo de nuevo dentro de { $n } segundo.
   *[other] Ha ido muy rápido. Inténtelo de nuevo dentro de { $n } segundos.
}
refused-unavailable = En este momento no podemos aceptarlo. Inténtelo de nuevo dentro de unos minutos.
refused-unanswered = El servidor no ha respondido.
refused-consent-needed = Dé su consentimiento antes de empezar, por favor.
refused-invalid = Revise los campos señalados, por favor.
refused-picture-unreadable = Esta imagen no se puede leer. Pruebe con otra, por favor.
refused-picture-too-large = Esta imagen es demasiado grande. Redúzcala y envíela de nuevo, por favor.
refused-blocked = Este chat no está disponible para usted.

## A copy by e-mail

page-mail-subject = Su conversación con { $site }
page-mail-intro = Esta es su conversación con { $site } del { $day }.

## Your data

your-data = Sus datos
your-code = Su código: { $code }
page-data-why = Vea qué se guarda sobre usted, lléveselo o haga que se borre. Su código demuestra que es suyo.
page-data-code = Su código
page-data-code-help = 16 letras y cifras. Están en la ventana del chat, abajo, bajo el candado.
page-data-show = Mostrar mis datos
page-data-wrong = Esto no es un código. Tiene 16 letras y cifras, por ejemplo ABCD-EFGH-IJKL-MNOP.
page-data-nothing = No se guarda nada con este código. Ya se borró, o el código está mal escrito.
page-data-kept = Lo que se guarda
page-data-chat = Chat con { $site }
page-data-message = Mensaje a { $site }
page-data-began = Empezó
page-data-closed = Terminó
page-data-open = Aún abierto
page-data-goes = Se borra
page-data-goes-later = Después de cerrarse
page-data-held = Por ahora no: debe conservarse por un motivo legal. Pregunte a { $site }.
page-data-restricted = Se conserva y no se utiliza
page-data-entries = Entradas: { $n }
page-data-told = Lo que usted dijo de sí
page-data-agreed = Aceptado
page-data-withdrawn = Retirado
page-data-withdraw = Retirar mi consentimiento
page-data-withdrawn-now = Su consentimiento se ha retirado.
page-data-file = Descargar mis datos
page-data-file-help = Un archivo con una página para leer, y tablas y datos para máquinas.
page-data-erase = Borrarlo todo
page-data-erase-help = De inmediato, también un chat aún abierto. Nadie puede recuperarlo.
page-data-erase-ask = Sí, borrar todo esto para siempre
page-data-erase-tick = Marque la casilla si quiere borrarlo todo. No se ha borrado nada.
page-data-erased = Sus datos se han borrado.
page-data-erased-but = Sus datos se han borrado, salvo lo que figura abajo: debe conservarse por un motivo legal.
page-data-receipt = Recibo { $row } del { $day }
page-data-filled = Rellenado

## Secure forms

page-form-asked = { $name } le pide que rellene un formulario
form-open = Abrir el formulario
page-form = Formulario
page-form-who = Solo el personal de { $site } puede leer lo que escriba aquí. Se guarda cifrado y aparte de cualquier chat.
page-form-send = Enviar formulario
page-form-done = Sus respuestas han llegado
page-form-done-next = Puede cerrar esta página. El enlace ya se ha usado y no abre nada más.
page-form-expired = Este enlace ha caducado, por lo que no se ha guardado nada. Pida uno nuevo, por favor.
page-form-gone = Este formulario ya no existe, por lo que no se ha guardado nada. Pida un enlace nuevo, por favor.
page-form-none = Este enlace no lleva a ningún formulario
page-form-none-next = Compruebe que está completo o pida uno nuevo.
page-form-continue = Continuar
page-form-code = La parte de su enlace detrás del signo #
page-form-date = Escriba una fecha, por ejemplo 1980-12-31.
page-form-card = Esto no es un número de tarjeta. Revise cada cifra, por favor.
page-form-expiry = Escriba el mes y el año hasta los que es válida la tarjeta, por ejemplo 04/29.
page-form-consent = Dé su consentimiento antes de enviarlo, por favor.
page-form-card-kept = Solo se guardan las seis primeras y las cuatro últimas cifras.
page-form-expiry-help = Mes y año, por ejemplo 04/29.
page-form-language = Idioma
page-form-change = Cambiar idioma
page-form-at-view = Sus respuestas se eliminan en cuanto se han leído.
page-form-at-close = Sus respuestas se eliminan cuando se cierra el chat.
page-form-no-code = Esto parece el código de seguridad de una tarjeta, que nadie debe guardar. No lo escriba o, si es otra cosa, añada una palabra, por ejemplo habitación 123.
page-form-changed = Este formulario ha cambiado entretanto, por lo que no se ha enviado nada. Revíselo y envíelo de nuevo.
page-form-sent-before = Este formulario ya se rellenó y se envió, por lo que lo que figura aquí no se ha enviado. Pida uno nuevo.
page-form-yours = Lo que ha escrito
