//! The tests of the whole appliance, one binary, mirroring its faces. Start reading at `harness`: it starts the real thing
//! over real TLS and gives the people who use it as types. Everything else says what they do and what must follow.

mod harness;

mod access_matrix;
mod allowlist;
mod audit;
mod backups;
mod break_glass;
mod browser;
mod card_numbers;
mod console;
mod evidence;
mod export;
mod faults;
mod form_links;
mod hardening;
mod key;
mod live;
mod mail;
mod passkeys;
mod people;
mod posture;
mod purge;
mod purge_rules;
mod receipts;
mod redaction;
mod rescue;
mod retention;
mod secure_forms;
mod sessions;
mod setup;
mod sign_in;
mod space;
mod sso;
mod startup;
mod subjects;
mod texts;
mod throttles;
mod tidy;
mod tls;
mod verify;
mod webhooks;
mod weight;
mod without_script;
