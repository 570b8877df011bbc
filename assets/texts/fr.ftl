## The button on the website

button-chat = Discuter avec nous
button-dismiss = Masquer

## The window

title = Discussion · { $site }
minimise = Réduire la discussion
sound = Son pour les nouveaux messages
messages = Messages
new-messages = Nouveaux messages
welcome = Bonjour. Comment pouvons-nous vous aider ?
closing = Merci pour cet échange. Cette discussion est close.

## Who is here

presence-online = Nous sommes là pour vous
presence-nobody = Personne n’est disponible pour le moment
presence-hours = Nous sommes fermés en ce moment
presence-opens = Réouverture : { $time }
presence-declining = Pas de nouvelle discussion pour le moment
presence-waiting = Votre message attend une réponse
presence-next = C’est bientôt votre tour
presence-place = Votre place dans la file d’attente : { $n }
presence-wait = { $n ->
    [one] Environ { $n } minute d’attente
   *[other] Environ { $n } minutes d’attente
}
presence-wait-short = Moins d’une minute d’attente
presence-here = { $name } est là
presence-away = { $name } revient dans un instant
presence-left = Votre message nous est parvenu
presence-ended = Discussion terminée
presence-deleted = Discussion supprimée
somebody = Quelqu’un
typing = { $name } écrit

## What happened

you = Vous
today-at = Aujourd’hui { $time }
day-at = { $day } { $time }
event-joined = { $name } a rejoint la discussion
event-left = { $name } a quitté la discussion
event-transferred = { $name } s’occupe maintenant de votre demande
event-department = Vous attendez maintenant le service { $department }
event-ended = Vous avez mis fin à la discussion
event-mailed = Une copie de cette discussion a été envoyée par e-mail
event-masked = Des données confidentielles ont été retirées ici.

## Your message

your-message = Votre message
write = Écrire un message…
send = Envoyer
sending = Envoi en cours…
sent = Envoyé
delivered = Distribué
seen = Lu
failed = Non envoyé.
retry = Réessayer
discard = Supprimer
not-sent = Votre message n’a pas été envoyé.
kept = Votre message est enregistré. La réponse se trouvera ici à votre retour.
peek = Nous voyons déjà ce que vous écrivez avant que vous ne l’envoyiez.
card-ask = Cela ressemble à un numéro de carte. Il n’a pas sa place dans un chat.
card-form = Demander un formulaire sécurisé
card-send = Envoyer sans ce numéro
card-please = Merci de m’envoyer un formulaire sécurisé pour mes données de carte.

## The line

line-lost = Pas de connexion. Nouvel essai en cours…
line-lost-waiting = Pas de connexion. Votre message attend ici et sera envoyé dès que possible.
line-refused = Cette discussion n’est pas disponible sur cette page.
line-superseded = Cette discussion est ouverte dans trop de fenêtres. Fermez-en quelques-unes et rechargez celle-ci.
line-stopped = Cette discussion a été déconnectée. Rechargez la page pour continuer.
line-declining = Nous ne pouvons pas accepter de nouvelle discussion pour le moment. Ce que vous écrivez reste ici ; veuillez réessayer dans quelques minutes.

## Before the chat

field-name = Votre nom
field-email = Votre adresse e-mail
field-phone = Votre numéro de téléphone
field-department = Quel est le sujet de votre demande ?
optional = (facultatif)
choose = Veuillez choisir
start = Commencer la discussion
error-empty = Veuillez remplir ce champ.
error-long = C’est trop long.
error-email = Cela ne ressemble pas à une adresse e-mail, comme par exemple nom@example.org.
error-phone = Cela ne ressemble pas à un numéro de téléphone, comme par exemple +33 1 99 00 12 34.
error-choice = Veuillez faire un choix.
error-consent = Veuillez donner votre accord avant de commencer.

## While nobody is there

leave = Laisser plutôt un message
leave-title = Laisser un message
leave-why = Personne ne peut vous répondre pour le moment. Écrivez-nous, nous vous répondrons par e-mail.
leave-send = Envoyer le message
leave-sent = Votre message est bien arrivé. Nous répondrons à l’adresse que vous avez indiquée.
leave-back = Retour à la discussion
cancel = Ne plus attendre

## The end

end = Terminer la discussion
end-ask = Terminer cette discussion ? Plus personne ne pourra y écrire ensuite.
end-not = Continuer la discussion
end-done = Vous avez mis fin à cette discussion.
deleted = Cette discussion a été supprimée.
anew = Commencer une nouvelle discussion

## How it was

rating-ask = Comment s’est passée cette discussion ?
rating-1 = Très mauvais
rating-2 = Mauvais
rating-3 = Correct
rating-4 = Bien
rating-5 = Très bien
rating-comment = Que pourrions-nous améliorer ?
rating-send = Envoyer l’évaluation
rating-skip = Passer
rating-change = Modifier
rating-thanks = Merci. Votre évaluation est bien arrivée.
transcript = M’envoyer une copie par e-mail
transcript-sent = Une copie est en route vers { $email }.

## Files

file-attach = Joindre un fichier
file-photo = Prendre une photo
file-drop = Déposez votre fichier ici
file-sending = Envoi de { $name } : { $percent } %
file-cancel = Annuler l’envoi de { $name }
file-download = Télécharger { $name }
file-picture = Image : { $name }
file-gone = Ce fichier a été supprimé.
file-failed = { $name } n’a pas été envoyé.
file-too-big = { $name } est trop volumineux. { $mb } Mo au maximum.
file-empty = { $name } est vide.
file-too-many = { $n ->
    [one] { $n } fichier au maximum par discussion.
   *[other] { $n } fichiers au maximum par discussion.
}
file-asked = { $name } vous demande un fichier

## What happens to it

promise-at-close = Cette discussion est supprimée dès qu’elle est close
promise-hours = { $n ->
    [one] Cette discussion est supprimée { $n } heure après sa clôture
   *[other] Cette discussion est supprimée { $n } heures après sa clôture
}
promise-days = { $n ->
    [one] Cette discussion est supprimée { $n } jour après sa clôture
   *[other] Cette discussion est supprimée { $n } jours après sa clôture
}
promise-daily = Cette discussion est supprimée chaque jour à { $time } ({ $zone })
promise-details = Ce que vous écrivez ici est conservé chiffré sur le serveur de { $site } et n’est lu que par son équipe. Lors de la suppression, la clé est détruite et plus personne ne peut le lire. Cette fenêtre n’enregistre rien dans votre navigateur avant votre premier message.

## Chat without JavaScript

page-needs-script = Cette fenêtre de discussion nécessite JavaScript.
page-without-script = Discuter sans JavaScript
page-cookie = Avec votre premier message, cette page enregistre un cookie afin que votre navigateur retrouve cette discussion.
page-reload = Voir s’il y a de nouveaux messages
page-live = Faire apparaître seuls les nouveaux messages
page-live-on = Les nouveaux messages apparaissent ici d’eux-mêmes.
page-live-stop = Arrêter
page-problem = Veuillez vérifier ce qui suit
page-file = Fichier : { $name }
page-now = à l’instant
page-minutes = { $n ->
    [one] il y a { $n } minute
   *[other] il y a { $n } minutes
}
page-hours = { $n ->
    [one] il y a { $n } heure
   *[other] il y a { $n } heures
}
page-days = { $n ->
    [one] il y a { $n } jour
   *[other] il y a { $n } jours
}
page-opens-hours = { $n ->
    [one] Réouverture dans { $n } heure
   *[other] Réouverture dans { $n } heures
}
page-opens-days = { $n ->
    [one] Réouverture dans { $n } jour
   *[other] Réouverture dans { $n } jours
}
page-missing-title = Il n’y a pas de discussion ici
page-missing = La discussion de cette page a été déplacée ou retirée. Veuillez contacter son responsable par un autre moyen.

## What was not done, and why: after `refused-` stands the code of the live protocol

refused-empty = Veuillez écrire quelque chose ici.
refused-too-long = { $n ->
    [one] C’est trop long : { $n } caractère au maximum.
   *[other] C’est trop long : { $n } caractères au maximum.
}
refused-not-found = Cette discussion n’existe plus.
refused-closed = Cette discussion est close.
refused-full = Cette discussion est pleine. Veuillez en commencer une nouvelle.
refused-busy = Trop de discussions sont ouvertes pour le moment. Veuillez réessayer plus tard.
refused-no-room = Nous ne pouvons pas accepter de nouvelle discussion pour le moment. Ce que vous écrivez reste ici ; veuillez réessayer dans quelques minutes.
refused-rate-limited = { $n ->
    [one] C’était très rapide. Veuillez réessayer dans { $n } seconde.
   *[other] C’était très rapide. Veuillez réessayer dans { $n } secondes.
}
refused-unavailable = Nous ne pouvons pas accepter cela pour le moment. Veuillez réessayer dans quelques minutes.
refused-unanswered = Le serveur n’a pas répondu.
refused-consent-needed = Veuillez donner votre accord avant de commencer.
refused-invalid = Veuillez vérifier les champs signalés.
refused-picture-unreadable = Cette image est illisible. Veuillez en essayer une autre.
refused-picture-too-large = Cette image est trop grande. Veuillez la réduire et l’envoyer de nouveau.
refused-blocked = Cette discussion ne vous est pas accessible.

## A copy by e-mail

page-mail-subject = Votre conversation avec { $site }
page-mail-intro = Voici votre conversation avec { $site } du { $day }.

## Your data

your-data = Vos données
your-code = Votre code : { $code }
page-data-why = Voyez ce qui est conservé à votre sujet, emportez-le ou faites-le supprimer. Votre code montre que c’est à vous.
page-data-code = Votre code
page-data-code-help = 16 lettres et chiffres. Ils se trouvent dans la fenêtre de chat, en bas, sous le cadenas.
page-data-show = Afficher mes données
page-data-wrong = Ce n’est pas un code. Il comporte 16 lettres et chiffres, par exemple ABCD-EFGH-IJKL-MNOP.
page-data-nothing = Rien n’est conservé sous ce code. Tout a déjà été supprimé, ou le code est mal saisi.
page-data-kept = Ce qui est conservé
page-data-chat = Chat avec { $site }
page-data-message = Message à { $site }
page-data-began = Début
page-data-closed = Fin
page-data-open = Encore ouvert
page-data-goes = Sera supprimé
page-data-goes-later = Après la clôture
page-data-held = Pas pour l’instant : une raison légale impose de le conserver. Adressez-vous à { $site }.
page-data-restricted = Conservé et non utilisé
page-data-entries = Entrées : { $n }
page-data-told = Ce que vous avez dit de vous
page-data-agreed = Accord donné
page-data-withdrawn = Accord retiré
page-data-withdraw = Retirer mon accord
page-data-withdrawn-now = Votre accord a été retiré.
page-data-file = Télécharger mes données
page-data-file-help = Une archive avec une page à lire, ainsi que des tableaux et des données pour machines.
page-data-erase = Tout supprimer
page-data-erase-help = Tout de suite, même un chat encore ouvert. Personne ne peut le restaurer.
page-data-erase-ask = Oui, supprimer tout cela pour toujours
page-data-erase-tick = Cochez la case si vous voulez tout supprimer. Rien n’a été supprimé.
page-data-erased = Vos données ont été supprimées.
page-data-erased-but = Vos données ont été supprimées, sauf ce qui figure ci-dessous : une raison légale impose de le conserver.
page-data-receipt = Reçu { $row } du { $day }
page-data-filled = Rempli

## Secure forms

page-form-asked = { $name } vous demande de remplir un formulaire
form-open = Ouvrir le formulaire
page-form = Formulaire
page-form-who = Seul le personnel de { $site } peut lire ce que vous écrivez ici. C’est conservé chiffré et à part de toute discussion.
page-form-send = Envoyer le formulaire
page-form-done = Vos réponses sont arrivées
page-form-done-next = Vous pouvez fermer cette page. Le lien a servi et n’ouvre plus rien.
page-form-expired = Ce lien a expiré, rien n’a donc été enregistré. Veuillez en demander un nouveau.
page-form-gone = Ce formulaire n’existe plus, rien n’a donc été enregistré. Veuillez demander un nouveau lien.
page-form-none = Ce lien ne mène à aucun formulaire
page-form-none-next = Vérifiez qu’il est complet, ou demandez-en un nouveau.
page-form-continue = Continuer
page-form-code = La partie de votre lien après le signe #
page-form-date = Veuillez écrire une date, par exemple 1980-12-31.
page-form-card = Ce n’est pas un numéro de carte. Veuillez vérifier chaque chiffre.
page-form-expiry = Veuillez écrire le mois et l’année de fin de validité de la carte, par exemple 04/29.
page-form-consent = Veuillez donner votre accord avant l’envoi.
page-form-card-kept = Seuls les six premiers et les quatre derniers chiffres sont conservés.
page-form-expiry-help = Mois et année, par exemple 04/29.
page-form-language = Langue
page-form-change = Changer de langue
page-form-at-view = Vos réponses sont supprimées dès qu’elles ont été lues.
page-form-at-close = Vos réponses sont supprimées à la fermeture de la discussion.
page-form-no-code = Cela ressemble au code de sécurité d’une carte, que personne ne doit conserver. Ne l’indiquez pas, ou ajoutez un mot s’il s’agit d’autre chose, par exemple chambre 123.
page-form-changed = Ce formulaire a été modifié entre-temps, rien n’a donc été envoyé. Veuillez le relire et l’envoyer à nouveau.
page-form-sent-before = Ce formulaire a déjà été rempli et envoyé, ce qui figure ici n’a donc pas été envoyé. Veuillez en demander un nouveau.
page-form-yours = Ce que vous avez écrit
