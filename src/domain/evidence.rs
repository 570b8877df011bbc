//! Reports on how the installation is set up, signed and dated.

use super::id::EvidenceId;
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub id: EvidenceId,
    pub at: Timestamp,
    /// The signed report as it is handed out.
    pub json: String,
}
