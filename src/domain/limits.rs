//! Every bound of the product on one page. A text, list, queue or loop without a line here is a defect.

use std::time::Duration;

/// How long after its time something may still be there before purging counts as late, and how long one administrator alone waits until
/// a profile is unlocked.
pub const PURGE_OVERDUE: Duration = Duration::from_secs(60 * 60);
pub const UNLOCK_DELAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Characters of one chat message.
pub const MESSAGE_CHARS: usize = 4_000;
/// Messages of one person before the next one that are looked through for pieces of one number.
pub const PIECES: usize = 3;
/// Bytes of a message that can be such a piece and nothing else.
pub const PIECE_BYTES: usize = 64;
/// Characters of a person's or a site's name.
pub const NAME_CHARS: usize = 80;
/// Characters of an e-mail address (RFC 5321, section 4.5.3.1.3).
pub const EMAIL_CHARS: usize = 254;
/// Characters of a welcome, closing or consent text.
pub const NOTICE_CHARS: usize = 1_000;
/// Characters of one line: a page's address or title, an answer, a custom attribute.
pub const LINE_CHARS: usize = 500;
/// Characters of a label, a tag and a telephone number.
pub const LABEL_CHARS: usize = 120;
pub const TAG_CHARS: usize = 40;
pub const PHONE_CHARS: usize = 32;
/// Consent texts that a site remembers beside the one in force, and mailboxes that its transcripts go to.
pub const FORMER_CONSENTS: usize = 20;
pub const TRANSCRIPT_MAILBOXES: usize = 20;
/// Patterns of a site's own, characters of one, and how often one is looked for in a text before the rest of it is masked altogether.
pub const PATTERNS_PER_SITE: usize = 20;
pub const PATTERN_CHARS: usize = 200;
pub const PATTERN_HITS: usize = 200;
/// Fields of a form, and options of one of them.
pub const FORM_FIELDS: usize = 20;
pub const FIELD_OPTIONS: usize = 50;
/// Secure forms, and requests for them that are out at a time.
pub const SECURE_FORMS: usize = 200;
pub const FORM_REQUESTS: usize = 10_000;
/// How long a link to a form leads to it, and for how long it still says why it does not.
pub const FORM_LINK_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
pub const FORM_LINK_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Windows, departments, tags, invitation rules and changed texts of one site.
pub const WINDOWS_PER_SITE: usize = 50;
pub const DEPARTMENTS: usize = 1_000;
pub const TAGS_PER_SITE: usize = 100;
pub const RULES_PER_SITE: usize = 50;
pub const TEXTS_PER_SITE: usize = 1_000;
/// Spans in which a day is open, and holidays of one calendar.
pub const SPANS_PER_DAY: usize = 2;
pub const HOLIDAYS: usize = 100;
/// Tags, custom attributes and guests of one conversation.
pub const TAGS_PER_CONVERSATION: usize = 20;
pub const ATTRIBUTES: usize = 20;
/// Earlier chats of the same person that are listed beside one, and changes of what a website tells about its visitor that one
/// connection may bring at once.
pub const EARLIER_CHATS: usize = 50;
pub const TOLD_BURST: u32 = 20;
/// People who browse, all in all and from one address, as long as they say so; and how many of them one page of the console shows.
pub const VISITS: usize = 20_000;
pub const VISITS_PER_ADDRESS: usize = 200;
pub const VISITS_SHOWN: usize = 500;
/// How long a visit lasts of which nothing is heard, and one that said farewell: it may only have gone to the next page.
pub const VISIT_LIFE: Duration = Duration::from_secs(90);
pub const VISIT_FAREWELL: Duration = Duration::from_secs(10);
/// Days before the same visitor may be invited again by the same rule.
pub const AGAIN_AFTER_DAYS: u16 = 365;
pub const GUESTS: usize = 10;
/// Chats that a member of staff is given at once, unless somebody says otherwise, and at most.
pub const CAPACITY_DEFAULT: u8 = 4;
pub const CAPACITY_MAX: u8 = 50;
/// Without a touch of the keyboard an operator counts as away; after a longer absence what they had chosen is forgotten.
pub const AWAY_AFTER: Duration = Duration::from_secs(5 * 60);
pub const ATTENDANCE_KEPT: Duration = Duration::from_secs(12 * 60 * 60);
/// How long an operator who is asked has, unless their site says otherwise; and how long one may be gone who opens another page.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(60);
pub const OFFER_GRACE: Duration = Duration::from_secs(10);
/// When somebody who did not answer is asked again about the same chat, and somebody who did not want it.
pub const ASK_AGAIN_AFTER: Duration = Duration::from_secs(60);
pub const DECLINED_FOR: Duration = Duration::from_secs(10 * 60);
/// How long a message that was left, and the answer to it, stay open without another word.
pub const MESSAGE_KEPT_OPEN: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long a visitor who waits may be gone before the queue moves on without them.
pub const LEFT_QUEUE_AFTER: Duration = Duration::from_secs(60);
/// How often the queues are looked at, apart from whenever something happens.
pub const QUEUE_LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often a visitor's page may show what is being typed there.
pub const PEEK_BURST: u32 = 6;
pub const PEEKS_PER_SECOND: f64 = 3.0;
/// Seconds that an operator has to answer, and that a visitor waits before they may leave a message.
pub const QUEUE_SECONDS_MIN: u16 = 5;
pub const QUEUE_SECONDS_MAX: u16 = 3_600;
/// Days that are looked at for the next opening.
pub const OPENING_DAYS: i32 = 400;
/// Recent waits of a queue that are remembered, how long they count, and how many it takes to say something.
pub const REMEMBERED_WAITS: usize = 21;
pub const WAITS_COUNT_FOR: Duration = Duration::from_secs(60 * 60);
pub const WAITS_NEEDED: usize = 3;
/// How long a transcript that is to be erased at once waits for its mail.
pub const MAIL_HOLD: Duration = Duration::from_secs(60 * 60);
/// Canned responses, and entries in the list of those who are kept out.
pub const CANNED_RESPONSES: usize = 5_000;
pub const CANNED_PER_OWNER: usize = 1_000;
pub const BLOCKS: usize = 10_000;
/// Hours for which somebody can be kept out; longer is for good.
pub const BLOCK_HOURS: u32 = 24 * 366;
/// Characters of the id that a client gives its command.
pub const CLIENT_ID_CHARS: usize = 40;
/// Characters of what is searched for, and conversations that one search shows.
pub const SEARCH_CHARS: usize = 100;
pub const SEARCH_HITS: usize = 50;
/// Chats that are opened for one page of them, and chats whose signatures are looked through: there is a next page.
pub const SEARCH_OPENED: usize = 1_024;
pub const SEARCH_SIGNATURES: usize = 65_536;
/// Leads in one file, and pages of chats that are looked through for it.
pub const LEADS_PER_FILE: usize = 5_000;
pub const LEAD_PAGES_PER_FILE: usize = 200;
/// Digits of a telephone number that somebody is looked up by, and what may be found about one person: more is nobody's alone.
pub const PHONE_DIGITS_MIN: usize = 6;
pub const SUBJECT_DRAWERS: usize = 5_000;
/// Rows of the audit log that say who has read about a person, bytes of files in an archive about one, and archives that are written at
/// the same time: each takes a thread for as long as its reader takes.
pub const SUBJECT_READERS: usize = 200;
pub const SUBJECT_FILE_BYTES: u64 = 2 << 30;
pub const SUBJECT_ARCHIVES: usize = 8;
/// For how long the archive of one person, and that of everything, is sent.
pub const SUBJECT_ARCHIVE_LIFE: Duration = Duration::from_secs(60 * 60);
pub const EXPORT_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// Chats from before the index of people that are indexed in one commit, and in one run.
pub const BACKLOG_PIECE: usize = 256;
pub const BACKLOG_RUN: u64 = 50_000;
/// Threads that one search takes; there is one search at a time.
pub const SEARCH_THREADS: usize = 4;
/// Origins that may show one site's widget.
pub const ORIGINS_PER_SITE: usize = 50;
/// Characters of one origin.
pub const ORIGIN_CHARS: usize = 260;
/// Networks in one list of the staff allowlist, and in one of a site's lists for its visitors.
pub const ALLOWLIST_NETWORKS: usize = 200;
pub const VISITOR_NETWORKS: usize = 2_000;
/// How far back a rehearsal of the allowlist looks, rows of the audit log that it reads for that, and lines that it shows.
pub const REHEARSAL_DAYS: u64 = 30;
pub const REHEARSAL_ROWS: usize = 200_000;
pub const REHEARSAL_SHOWN: usize = 200;
/// Events of one conversation. A longer talk goes on in a new one.
pub const EVENTS_PER_CONVERSATION: u32 = 20_000;
/// Conversations that may be open at once, all sites together.
pub const OPEN_CONVERSATIONS: usize = 100_000;
/// Messages that one visitor may send in a burst, and how fast the allowance comes back.
pub const VISITOR_MESSAGE_BURST: u32 = 20;
pub const VISITOR_MESSAGES_PER_SECOND: f64 = 2.0;
/// Sites and members of staff.
pub const SITES: usize = 1_000;
pub const OPERATORS: usize = 5_000;

/// Bytes of one file in a chat, files in one chat, and characters of a file's name.
pub const FILE_BYTES: u64 = 20 * 1024 * 1024;
pub const FILES_PER_CHAT: usize = 20;
pub const FILE_NAME_CHARS: usize = 200;
/// Free room that a file takes for granted, as a multiple of its bytes: the journal has them, the database, and its next generation.
pub const FILE_ROOM_TIMES: u64 = 4;
/// Pixels of a picture, and of its longer side; one larger than that is refused. Drawing it anew takes up to ten bytes for each.
pub const PICTURE_PIXELS: u64 = 25_000_000;
pub const PICTURE_SIDE: u32 = 16_384;
/// Bytes that a decoder of pictures may take for itself.
pub const PICTURE_MEMORY_BYTES: u64 = 256 * 1024 * 1024;
/// Pictures drawn anew at the same time, and others that may wait for their turn.
pub const PARALLEL_PICTURES: usize = 1;
pub const WAITING_PICTURES: usize = 16;
/// Files that arrive at the same time: altogether, and from one side of one chat. Pictures among them wait in memory until they are
/// whole: so many bytes altogether.
pub const PARALLEL_UPLOADS: usize = 64;
pub const PARALLEL_UPLOADS_PER_SIDE: usize = 3;
pub const PICTURES_WAITING_BYTES: u64 = 96 * 1024 * 1024;
/// Files that one visitor may send in a burst, broken-off ones included.
pub const VISITOR_FILE_BURST: u32 = 10;
/// How long a file may pause while it arrives, and how long it may take altogether.
pub const UPLOAD_PAUSE: Duration = Duration::from_secs(30);
pub const UPLOAD_LIFE: Duration = Duration::from_secs(20 * 60);

/// Password length, in characters, without a second factor (NIST SP 800-63B-4, 3.1.1.2) and at most.
pub const PASSWORD_CHARS_MIN: usize = 15;
pub const PASSWORD_CHARS_MAX: usize = 256;

/// Bytes of one frame from a client, of a form, and of a batch of long-poll commands.
pub const FRAME_BYTES: usize = 16 * 1024;
pub const FORM_BYTES: usize = 64 * 1024;
/// Frames that may wait for one slow reader before it is cut and has to resynchronise.
pub const QUEUED_FRAMES: usize = 256;
/// Events replayed in one answer to `hello` or `resume`; the client asks again for more.
pub const REPLAY_EVENTS: usize = 200;
/// Conversations that one `hello` may name.
pub const RESUMED_CONVERSATIONS: usize = 64;

/// Live tickets that may wait at once, and connections of one visitor or one member of staff.
pub const LIVE_TICKETS: usize = 50_000;
pub const CONNECTIONS_PER_PERSON: usize = 32;
/// Conversations that one connection may watch.
pub const WATCHED_CONVERSATIONS: usize = 1_024;

/// Places from the head of a queue whose visitors are told each time it moves.
pub const QUEUE_PLACES_TOLD: usize = 100;

/// How long a live ticket may wait for its socket, and the first frame for its ticket.
pub const TICKET_LIFE: Duration = Duration::from_secs(30);
pub const HELLO_WAIT: Duration = Duration::from_secs(10);
/// When the server asks whether the other side is still there, and when it stops believing so.
pub const PING_EVERY: Duration = Duration::from_secs(25);
pub const DEAD_AFTER: Duration = Duration::from_secs(60);
/// How long one long-poll request is held open.
pub const POLL_HOLD: Duration = Duration::from_secs(25);

/// Long-polling connections that may be open at once, and bytes that may wait in one of them before it takes no more commands.
pub const POLLS: usize = 10_000;
pub const POLL_BYTES: usize = 1024 * 1024;

/// How long a proof of who somebody is lasts for what asks for one.
pub const PROOF_LIFE: Duration = Duration::from_secs(5 * 60);
/// Passkeys of one person, bytes of the id of one (Web Authentication, section 4), and of what is kept of one.
pub const PASSKEYS_PER_OPERATOR: usize = 10;
pub const CREDENTIAL_ID_BYTES: usize = 1_023;
pub const PASSKEY_RECORD_BYTES: usize = 4_096;
/// How long a passkey may take to answer, and challenges that may wait for that: altogether, and for one address.
pub const PASSKEY_CHALLENGE_LIFE: Duration = Duration::from_secs(5 * 60);
pub const PASSKEY_CHALLENGES: usize = 10_000;
pub const PASSKEY_CHALLENGES_PER_ADDRESS: usize = 200;
/// How long a browser is known of somebody who signed in with it.
pub const DEVICE_LIFE: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// Days before an account is disabled that nobody uses, in which the list of people says so.
pub const DORMANT_WARNING_DAYS: u64 = 14;
/// How long a sign-in waits for its second step, how many tries that has, and how many may wait for one person.
pub const PENDING_SIGN_IN_LIFE: Duration = Duration::from_secs(5 * 60);
pub const PENDING_SIGN_IN_TRIES: u32 = 5;
pub const PENDING_SIGN_INS_PER_PERSON: usize = 8;
/// How long the secret for an authenticator is shown before it is confirmed, and how many may be shown at a time.
pub const ENROLMENT_LIFE: Duration = Duration::from_secs(15 * 60);
pub const ENROLMENTS: usize = 5_000;
pub const RECOVERY_CODES: usize = 10;
/// Addresses that wait to be looked up for a link to choose another password.
pub const RESETS_WAITING: usize = 1_000;
/// Minutes without activity, hours altogether and days without use that the policy may say.
pub const IDLE_MINUTES_MIN: u16 = 5;
pub const IDLE_MINUTES_MAX: u16 = 60;
pub const ABSOLUTE_HOURS_MAX: u16 = 24;
pub const DORMANT_DAYS_MIN: u16 = 30;
pub const DORMANT_DAYS_MAX: u16 = 730;
/// Alerts that are kept; the oldest that somebody has seen go first.
pub const ALERTS: usize = 500;
/// How long a browser without JavaScript finds the way back to its chat.
pub const CHAT_COOKIE_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// An invitation, the setup token's log-in page and an unconfirmed allowlist.
pub const INVITATION_LIFE: Duration = Duration::from_secs(72 * 60 * 60);
pub const ALLOWLIST_TRIAL: Duration = Duration::from_secs(120);
/// A link to choose another password.
pub const PASSWORD_RESET_LIFE: Duration = Duration::from_secs(30 * 60);
/// Password attempts per account before each further one has to wait.
pub const SIGN_IN_BURST: u32 = 5;
/// Password hashes computed at the same time: each takes 19 MiB.
pub const PARALLEL_HASHES: usize = 2;
/// Callers that may wait for their turn to hash; one more is sent away at once.
pub const WAITING_HASHES: usize = 8;
/// Stocks that are remembered of each limit: so many addresses, accounts or people that have used some of theirs. What an address may,
/// the network around it may so many times.
pub const REMEMBERED_STOCKS: usize = 28_000;
pub const NETWORK_TIMES: u32 = 10;
/// Addresses from which an account has signed in, that are remembered until a restart.
pub const KNOWN_PLACES: usize = 8;
/// Sources of each kind of oddness that are counted; how long one alert about a source stands for all that comes from there; and
/// how many sources of one kind have an alert of their own.
pub const WATCHED_SOURCES: usize = 8_000;
pub const ALERT_PAUSE: Duration = Duration::from_secs(60 * 60);
pub const ALERTS_OF_A_KIND: usize = 20;
/// Addresses that are kept out at once; for how long at most; how long one is remembered for the next to be longer; and what can be
/// chosen for the first.
pub const BANS: usize = 4_000;
pub const BAN_MOST: Duration = Duration::from_secs(12 * 60 * 60);
pub const BANS_REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
pub const BAN_MINUTES_MIN: u16 = 5;
pub const BAN_MINUTES_MAX: u16 = 240;
/// How long an address is never kept out after somebody of the staff was there.
pub const STAFF_ADDRESS_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// Sessions that one member of staff may have at a time; one more ends the oldest.
pub const SESSIONS_PER_OPERATOR: usize = 20;
/// Wrong setup tokens before the token is dropped and the owner has to ask for a new one.
pub const SETUP_ATTEMPTS: u32 = 50;
/// Conversations destroyed in one step: a bound on what a step holds in memory, and one receipt.
pub const PURGE_BATCH: usize = 16_384;
/// How long a closed conversation waits for others that are to be purged with it.
pub const PURGE_AFTER_CLOSE: Duration = Duration::from_millis(500);
/// How late a purge is before pages call it overdue: longer than a transcript may wait for its mail.
pub const PURGE_LATE: Duration = Duration::from_secs(65 * 60);
/// Legal holds, and deliveries to webhooks that are forgotten in one step.
pub const HOLDS: usize = 1_000;
pub const DELIVERIES_FORGOTTEN: usize = 1_000;
/// Receipts on one page of the list, the newest of them on the privacy page, and rows that are looked through for a page.
pub const PURGE_LOG_ROWS: usize = 50;
pub const PURGE_LOG_NEWEST: usize = 5;
pub const PURGE_LOG_SEARCH: usize = 2_000;

/// Refusals that are rows of their own within a minute, by kind and network; further ones of the same are counted.
pub const REFUSALS_TOLD: usize = 60;
/// What sessions have looked at, remembered so that it is on record once.
pub const REMEMBERED_READINGS: usize = 50_000;
/// How long somebody who reads the audit log goes on without another row that says so.
pub const AUDIT_READ_AGAIN: Duration = Duration::from_secs(60 * 60);
/// Rows of the audit log on one page of it, and rows that are looked through for it: there is a next page.
pub const AUDIT_ROWS_SHOWN: usize = 50;
pub const AUDIT_ROWS_LOOKED_AT: usize = 20_000;
/// Rows in one file of them, bytes of such a file that is checked, and rows that are removed in one step.
pub const AUDIT_ROWS_EXPORTED: usize = 50_000;
pub const AUDIT_FILE_BYTES: u64 = 128 * 1024 * 1024;
pub const AUDIT_ROWS_REMOVED: u64 = 5_000;
/// Names of changed settings in one row.
pub const SETTINGS_NAMED: usize = 60;
/// By how much the clock has to be off what it should be to count as set.
pub const CLOCK_JUMP: Duration = Duration::from_secs(60);

/// Days that one report covers, and counters that are removed in one step.
pub const REPORT_DAYS: i32 = 800;
pub const COUNTERS_REMOVED: usize = 1_000;

/// Purge receipts in one file, and bytes of a file of them that is checked; a longer record goes on in a next file.
pub const RECEIPTS_EXPORTED: usize = 20_000;
pub const RECEIPTS_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Free room below which new chats are declined, and room that is kept back for when nothing else is left; less on a small disk.
pub const FREE_FLOOR_BYTES: u64 = 64 << 20;
pub const BALLAST_BYTES: u64 = 32 << 20;
/// How often the room on the disk is looked at.
pub const SPACE_LOOK_EVERY: Duration = Duration::from_secs(2);

/// Faults of a check that are listed; all are counted.
pub const FAULTS_LISTED: usize = 10_000;

/// How long the head of a request may take from its first byte on, its body altogether, and any of an answer until it is taken.
pub const HEAD_WAIT: Duration = Duration::from_secs(10);
pub const BODY_WAIT: Duration = Duration::from_secs(30);
pub const WRITE_WAIT: Duration = Duration::from_secs(30);
/// Bytes of a request's first line, of all its headers, and how many there may be.
pub const REQUEST_LINE_BYTES: usize = 8 * 1024;
pub const HEAD_BYTES: usize = 32 * 1024;
pub const HEADERS: usize = 64;

/// Addresses to listen on, of each kind; other names of the appliance, and ports of others that it may connect to besides the usual.
pub const NAMES: usize = 64;
pub const CONNECT_PORTS: usize = 32;
pub const LISTENERS: usize = 16;

/// How long another server may take to answer what it is asked, how many bytes it may answer with, and how many are asked at a time.
pub const OUTBOUND_PATIENCE: Duration = Duration::from_secs(10);
pub const OUTBOUND_ANSWER_BYTES: usize = 64 * 1024;
pub const OUTBOUND_PARALLEL: usize = 32;

/// What single sign-on asks for, the rules about groups, the groups of one person that are looked at, and bytes of who they are there
/// (OpenID Connect Core 1.0, section 2) and of the certificates of an authority.
pub const SSO_SCOPES: usize = 20;
pub const SSO_RULES: usize = 60;
pub const SSO_GROUPS: usize = 1_000;
pub const SUBJECT_BYTES: usize = 255;
pub const AUTHORITY_BYTES: usize = 8 * 1024;
/// How long somebody may take at the provider, how far its clock may differ from ours, and how old its word may be.
pub const SSO_LIFE: Duration = Duration::from_secs(10 * 60);
pub const SSO_CLOCK_SKEW: Duration = Duration::from_secs(60);
/// Ways back from a provider and logout notices that are remembered, so that each counts once.
pub const SSO_REMEMBERED: usize = 10_000;
/// How long what a provider says of itself holds, how many keys it may have, and how often they are asked for anew when a token names
/// one that is not known.
pub const PROVIDER_KEPT: Duration = Duration::from_secs(60 * 60);
pub const PROVIDER_KEYS: usize = 100;
pub const PROVIDER_KEYS_EVERY: Duration = Duration::from_secs(30);
/// Purge rules of an installation, and the latest that one may take something after it was closed.
pub const PURGE_RULES: usize = 200;
pub const PURGE_RULE_HOURS: u16 = 720;
pub const PURGE_RULE_DAYS: u16 = 3_650;
/// How late a purge rule may be before it counts as overdue, and the heads that its dry run opens.
pub const PURGE_RULE_PATIENCE: Duration = Duration::from_secs(5 * 60);
pub const DRY_RUN_HEADS: usize = 50_000;
/// Conversations that are anonymised in one step.
pub const ANONYMISED_AT_ONCE: usize = 256;
/// By how much a clock may be set, and how long an installation may be off, before nothing is purged until somebody has looked.
pub const PURGE_JUMP: Duration = Duration::from_secs(24 * 60 * 60);
pub const PURGE_REST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Evidence reports that are kept, bytes of one, purge receipts that one lists, and how far one looks back when there is none before it.
pub const EVIDENCE_KEPT: usize = 24;
pub const EVIDENCE_BYTES: usize = 1_000_000;
pub const EVIDENCE_RECEIPTS: usize = 500;
pub const EVIDENCE_LOOKS_BACK: Duration = Duration::from_secs(366 * 24 * 60 * 60);
/// Rows of each table of a breach kit, and rows of the audit log that are looked through for one.
pub const BREACH_ROWS: usize = 5_000;
pub const BREACH_LOOKED_AT: usize = 500_000;
/// Bytes of a signed paper that is checked.
pub const PAPER_FILE_BYTES: u64 = 32 * 1024 * 1024;
/// Chats in one share of an export of everything, and files of it that are handed out at once.
pub const EXPORT_SHARE: usize = 5_000;
pub const EXPORT_FILES: usize = 20_000;
/// Webhooks, what is remembered of what they were told, and how much of that stands on one page.
pub const WEBHOOKS: usize = 100;
pub const DELIVERIES: usize = 10_000;
pub const DELIVERIES_SHOWN: usize = 50;
/// Erased conversations that one message names, and bytes of the transcript in one.
pub const WEBHOOK_PURGED: usize = 200;
pub const WEBHOOK_TRANSCRIPT_BYTES: usize = 4 * 1024 * 1024;
/// How long after each failure in turn a receiver is tried again; after the last nobody tries.
pub const WEBHOOK_PAUSES: [Duration; 11] = [
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(60 * 60),
    Duration::from_secs(2 * 60 * 60),
    Duration::from_secs(4 * 60 * 60),
    Duration::from_secs(4 * 60 * 60),
    Duration::from_secs(4 * 60 * 60),
    Duration::from_secs(4 * 60 * 60),
];
/// How long the secret before the newest one signs as well.
pub const WEBHOOK_SECRET_OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a transcript that is to be erased waits for the receivers that are to be told of it.
pub const WEBHOOK_HOLD: Duration = Duration::from_secs(60 * 60);
