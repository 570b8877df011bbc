//! What most commands take: where the appliance is, and in what form to answer.

use clap::Args;

use crate::config::Flags;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    pub flags: Flags,
    /// Answer in JSON
    #[arg(long)]
    pub json: bool,
}
