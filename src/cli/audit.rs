//! `parlor audit`: the audit log as a file (see `parlor verify log`).

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::receipts::{cannot_write, write_new};
use super::{Exit, Refusal, perform_and_hear, say, unexpected};
use crate::config::Flags;
use crate::serve::control::{Reply, Request};

#[derive(Args)]
pub struct Command {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Write the audit log into a file: who did what and when, and no content. That it was exported is in it from then on
    Export(Box<Export>),
}

#[derive(Args)]
struct Export {
    #[command(flatten)]
    flags: Flags,
    /// The file to write; it must not exist yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only what is behind this row
    #[arg(long, value_name = "ROW", default_value_t = 0)]
    after: u64,
    /// json is signed and can be checked anywhere; csv is for a spreadsheet
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Csv,
}

pub fn run(command: &Command) -> Result<Exit, Refusal> {
    let Act::Export(export) = &command.act;
    let mut text = String::new();
    let mut hear = |reply| {
        if let Reply::Text(piece) = reply {
            text.push_str(&piece);
        }
        ControlFlow::Continue(())
    };
    let request = Request::AuditLog { after: export.after, is_csv: export.format == Format::Csv };
    let reply = perform_and_hear(&export.flags, request, &mut hear)?;
    let Reply::AuditLog { rows, more_after } = reply else { return Err(unexpected(reply)) };
    write_new(&export.out, text.as_bytes()).map_err(|error| cannot_write(&export.out, &error))?;
    if export.json {
        say(serde_json::json!({ "rows": rows, "more_after": more_after }));
        return Ok(Exit::Done);
    }
    say(format_args!("{rows} rows written to {}", export.out.display()));
    if let Some(row) = more_after {
        say(format_args!("There are more than one file takes. Write the next with --after {row}."));
    }
    Ok(Exit::Done)
}
