//! Where the root key is kept, as the audit log and people say it.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// A file that only the appliance can read.
    File,
    /// Handed over by systemd, sealed by the TPM where there is one.
    Credential,
    /// Nowhere: made of a passphrase at each start.
    Passphrase,
    /// A variable of the environment, which only tests may use.
    Variable,
}
