//! An export of everything over the control socket: file by file in pieces, written by whoever typed the command.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::backups::{Pieces, streamed};
use super::{Reply, Tell};
use crate::service::account::{self, FileName, Files, Wish};
use crate::service::{Ctx, Failure};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountRequest {
    /// Which files there are.
    Plan { submissions: bool },
    /// What stands in these, one after the other.
    Write { files: Vec<String> },
}

pub(super) fn perform(ctx: &Ctx, request: &AccountRequest, tell: Tell) -> Result<Reply, Failure> {
    match request {
        AccountRequest::Plan { submissions } => {
            for name in account::plan(ctx, Wish { submissions: *submissions })? {
                if tell(Reply::File(name.to_string())).is_break() {
                    break;
                }
            }
        }
        AccountRequest::Write { files } => {
            let names = files.iter().map(|name| name.parse()).collect::<Result<Vec<FileName>, Failure>>()?;
            streamed(tell, |mut pieces| account::begin(ctx, names)?.write(ctx, &mut pieces))?;
        }
    }
    Ok(Reply::Account)
}

impl Files for Pieces {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        self.tell(Reply::File(name.to_owned()))
    }

    fn end(&mut self) -> io::Result<()> {
        self.flush()
    }
}
