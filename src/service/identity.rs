//! Who a visitor is, when the customer's own server says so: it shares a secret with the site and makes a code over the id that it
//! knows the visitor by. Everything else that a page claims is merely put into the form, where the visitor sees it.

use std::collections::{BTreeSet, HashMap};

use hmac::{Hmac, KeyInit, Mac};
use parking_lot::Mutex;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Ctx, Failure, conversations};
use crate::domain::about::Identity;
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::conversation::Conversation;
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::limits;
use crate::domain::news::News;
use crate::domain::site::{IdentitySecret, Site};
use crate::domain::text::{EmailAddress, Line};
use crate::domain::time::Timestamp;

/// What `Parlor("identify", …)` brings.
#[derive(Default)]
pub struct Claim<'a> {
    pub id: &'a str,
    pub email: &'a str,
    /// Hexadecimal HMAC-SHA256 under the site's secret: over the id, or over the id, a line feed and the e-mail address in lower
    /// case, which proves both.
    pub hash: &'a str,
}

/// The identity, if the claim is proven. An id of several lines could pass for an id with an address, and is none.
#[must_use]
pub fn prove(site: &Site, claim: &Claim) -> Option<Identity> {
    let secret = site.identity_secret.as_ref()?;
    let id = Line::parse(claim.id).ok().filter(|id| id.as_str() == claim.id)?;
    let shown = data_encoding::HEXLOWER_PERMISSIVE.decode(claim.hash.as_bytes()).ok()?;
    let email = EmailAddress::parse(claim.email).ok();
    // Compared in constant time, so that the time of the answer leads nobody to the right code.
    let fits = |said: &str| code(secret, said).is_some_and(|mac| mac.verify_slice(&shown).is_ok());
    let email_is_proven = email.is_some_and(|email| fits(&format!("{}\n{}", id.as_str(), email.as_str())));
    (email_is_proven || fits(id.as_str())).then_some(Identity { id, email_is_proven })
}

fn code(secret: &IdentitySecret, said: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(text_of(secret).as_bytes()).ok()?;
    mac.update(said.as_bytes());
    Some(mac)
}

/// The secret as people copy it, whose bytes are the key: 64 hexadecimal digits.
fn text_of(secret: &IdentitySecret) -> Zeroizing<String> {
    Zeroizing::new(data_encoding::HEXLOWER.encode(&secret.0))
}

/// Makes a secret, shown this once. The one before proves nothing any more.
///
/// # Errors
/// `NotFound` for who may not manage sites; `ProofNeeded`.
pub fn renew_secret(ctx: &Ctx, site: SiteId) -> Result<Zeroizing<String>, Failure> {
    let secret = IdentitySecret(ctx.random_bytes());
    let text = text_of(&secret);
    replace(ctx, site, Some(secret), AuditAction::IdentitySecretRenewed(site))?;
    Ok(text)
}

/// From now on nobody is known.
///
/// # Errors
/// `NotFound` for who may not manage sites; `ProofNeeded`.
pub fn drop_secret(ctx: &Ctx, site: SiteId) -> Result<(), Failure> {
    replace(ctx, site, None, AuditAction::IdentitySecretDropped(site))
}

fn replace(ctx: &Ctx, site: SiteId, secret: Option<IdentitySecret>, what: AuditAction) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let before = super::sites::get(ctx, site)?;
    ctx.require_proof()?;
    let mut batch = ctx.store.batch();
    batch.put_site(&Site { identity_secret: secret, ..(*before).clone() });
    ctx.audit(&mut batch, what);
    batch.tell(News::Site(site));
    ctx.settle(batch)?;
    Ok(())
}

/// Which conversations belong to a proven identity: keyed hashes and ids, in memory alone. Filled when somebody first asks for a
/// site, from the heads of what is closed there, and forgotten with what is purged.
#[derive(Default)]
pub struct Identities {
    known: Mutex<HashMap<SiteId, Known>>,
    /// Held while a site is read, so that nobody is shown half of it.
    filling: Mutex<()>,
}

#[derive(Default)]
struct Known {
    of_person: HashMap<[u8; 32], BTreeSet<ConversationId>>,
    person_of: HashMap<ConversationId, [u8; 32]>,
}

impl Identities {
    pub(super) fn note(&self, ctx: &Ctx, head: &Conversation) {
        let Some(identity) = &head.about.identity else { return };
        if let Some(known) = self.known.lock().get_mut(&head.site) {
            let person = blind(ctx, head.site, identity);
            known.of_person.entry(person).or_default().insert(head.id);
            known.person_of.insert(head.id, person);
        }
    }

    /// A conversation is no more.
    pub fn forget(&self, site: SiteId, id: ConversationId) {
        let mut known = self.known.lock();
        let Some(known) = known.get_mut(&site) else { return };
        let Some(person) = known.person_of.remove(&id) else { return };
        if let Some(conversations) = known.of_person.get_mut(&person) {
            conversations.remove(&id);
            if conversations.is_empty() {
                known.of_person.remove(&person);
            }
        }
    }

    fn of(&self, site: SiteId, person: &[u8; 32]) -> BTreeSet<ConversationId> {
        self.known.lock().get(&site).and_then(|known| known.of_person.get(person).cloned()).unwrap_or_default()
    }
}

pub(super) fn blind(ctx: &Ctx, site: SiteId, identity: &Identity) -> [u8; 32] {
    let mut bound = site.as_bytes().to_vec();
    bound.extend_from_slice(identity.id.as_str().as_bytes());
    ctx.store.keyed_hash("identity", &bound)
}

/// A chat that somebody had before, as the visitor's card lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    pub id: ConversationId,
    pub started_at: Timestamp,
    pub operator: Option<String>,
    pub is_closed: bool,
}

/// The other chats of the same person that the actor may see, newest first; empty unless the person is proven.
///
/// # Errors
/// `NotFound` when it is not there or not the actor's.
pub fn earlier(ctx: &Ctx, id: ConversationId) -> Result<Vec<Earlier>, Failure> {
    ctx.authorize(Action::UseConsole)?;
    let this = conversations::view(ctx, id, crate::domain::event::Seq::MAX, 0)?.conversation;
    let Some(identity) = &this.about.identity else { return Ok(Vec::new()) };
    fill(ctx, this.site)?;
    let person = blind(ctx, this.site, identity);
    let ids = ctx.memory.identities.of(this.site, &person);
    let mut found = Vec::new();
    for other in ids.into_iter().filter(|other| *other != id) {
        // It may have been purged since; and the index only says where to look.
        let Some(head) = ctx.store.conversation(other)? else { continue };
        let is_theirs = head.site == this.site && head.about.identity.as_ref().is_some_and(|it| it.id == identity.id);
        if is_theirs && ctx.authorize(Action::ServeConversation(&head)).is_ok() {
            found.push(Earlier {
                id: other,
                started_at: head.started_at,
                operator: head.assignee().map(|it| it.name.as_str().to_owned()),
                is_closed: head.closed_at().is_some(),
            });
        }
    }
    found.sort_by_key(|earlier| std::cmp::Reverse((earlier.started_at, earlier.id)));
    found.truncate(limits::EARLIER_CHATS);
    Ok(found)
}

/// Reads the heads of a site once. What begins meanwhile is noted beside it, so the site is entered before it is read.
fn fill(ctx: &Ctx, site: SiteId) -> Result<(), Failure> {
    let identities = &ctx.memory.identities;
    let _filling = identities.filling.lock();
    if identities.known.lock().contains_key(&site) {
        return Ok(());
    }
    identities.known.lock().insert(site, Known::default());
    let note = |head: &Conversation| identities.note(ctx, head);
    for open in ctx.store.open_conversations() {
        let open = open.lock();
        if open.head.site == site {
            note(&open.head);
        }
    }
    for closed in ctx.store.closed().filter(|closed| closed.site == site) {
        match ctx.store.conversation(closed.id) {
            Ok(Some(head)) => note(&head),
            Ok(None) => {}
            Err(error) => {
                // Half an index would hide chats for as long as the process lives.
                identities.known.lock().remove(&site);
                return Err(error.into());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "tests/identity.rs"]
mod tests;
