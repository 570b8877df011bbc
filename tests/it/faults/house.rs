//! The house of a worker's store: made once, and looked at at every start.

use std::collections::BTreeSet;

use parlor::domain::id::{OperatorId, SiteId};
use parlor::domain::operator::{Membership, Operator, Role, Standing};
use parlor::domain::site::Site;
use parlor::domain::text::{EmailAddress, Name};
use parlor::domain::time::Timestamp;
use parlor::store::{Organisation, Store, StoreError};

const SITES: u8 = 3;
const OPERATORS: u8 = 12;
/// Larger than one part.
const SECRET: [u8; 9_000] = [7; 9_000];
const SECRET_NAME: &str = "a campaign";

/// Makes the house, where there is none.
pub fn furnish(store: &Store) -> Result<(), StoreError> {
    if store.house().organisation.is_some() {
        return Ok(());
    }
    let now = Timestamp::from_millis(0);
    let name = |text: String| Name::parse(&text).unwrap();
    let mut batch = store.batch();
    batch.put_organisation(&Organisation { name: name("Clinic Nord".to_owned()), set_up_at: now });
    for number in 0..SITES {
        batch.put_site(&Site::new(SiteId::from_bytes([number; 16]), name(format!("Site {number}")), Vec::new(), now));
    }
    for number in 0..OPERATORS {
        batch.put_operator(&Operator {
            id: OperatorId::from_bytes([number; 16]),
            name: name(format!("Operator {number}")),
            email: EmailAddress::parse(&format!("operator{number}@clinic.example")).unwrap(),
            role: Role::Operator,
            membership: Membership::AllSites,
            standing: Standing::Active,
            password_hash: None,
            created_at: now,
            capacity: 4,
            sso: None,
            last_seen_at: None,
            reset: None,
        });
    }
    batch.put_secret(SECRET_NAME, &SECRET);
    store.commit(batch).wait().map(drop)
}

/// Everything in the house, a line for each record.
pub fn look(store: &Store) -> Result<BTreeSet<String>, StoreError> {
    let house = store.house();
    let mut lines = BTreeSet::new();
    lines.extend(house.organisation.iter().map(|it| format!("organisation {:?} {}", it, it.name.as_str())));
    lines.extend(house.sites.values().map(|it| format!("site {it:?} {}", it.name.as_str())));
    lines.extend(house.operators.values().map(|it| format!("operator {it:?} {} {}", it.name.as_str(), it.email.as_str())));
    if let Some(secret) = store.secret(SECRET_NAME)? {
        lines.insert(format!("secret of {} bytes, whole: {}", secret.len(), secret[..] == SECRET));
    }
    lines.extend(store.audit_rows(None, usize::MAX)?.iter().map(|row| format!("audit row {row:?}")));
    Ok(lines)
}
