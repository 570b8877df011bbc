//! What is read from the disk, for the fuzz targets (`tests/fuzz`). Not in the product.

use super::journal::segment;
use super::records::{self, ConversationRecord, EventRecord};
use super::search::signature::{Probe, Signer};
use super::search::words::{Lowered, Words};
use super::tables::Table;
use super::transcript::Transcript;
use super::verify::tables as check;
use crate::domain::id::ConversationId;

const ID: ConversationId = ConversationId::from_bytes([7; 16]);

/// The first byte chooses what the rest is read as.
pub(crate) fn record(data: &[u8]) {
    let Some((kind, bytes)) = data.split_first() else { return };
    match Table::of_key(&[*kind]) {
        Some(Table::Heads) => head(bytes),
        Some(Table::Events) => event(bytes),
        Some(Table::Transcripts) => transcript(bytes),
        Some(Table::Settings) => {
            let (key, bytes) = bytes.split_at(bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()));
            let _ = check::read(Table::Settings, key, bytes.get(1..).unwrap_or_default());
        }
        Some(table) => {
            let _ = check::read(table, &[7; 16], bytes);
        }
        None => journal(bytes),
    }
}

/// What reads is written again as what it is.
fn head(bytes: &[u8]) {
    let Ok(head) = records::decode::<ConversationRecord>(bytes).and_then(|record| record.conversation(ID)) else { return };
    let again = records::encode(&ConversationRecord::from(&head)).map(|bytes| {
        let record = records::decode::<ConversationRecord>(&bytes);
        record.and_then(|record| record.conversation(ID))
    });
    assert!(matches!(again, Ok(Ok(again)) if again == head));
}

fn event(bytes: &[u8]) {
    let Ok(event) = records::decode::<EventRecord>(bytes).and_then(|record| record.event(3)) else { return };
    let again = records::encode(&EventRecord::from(&event)).map(|bytes| {
        let record = records::decode::<EventRecord>(&bytes);
        record.and_then(|record| record.event(3))
    });
    assert!(matches!(again, Ok(Ok(again)) if again == event));
}

fn transcript(bytes: &[u8]) {
    let Ok(transcript) = Transcript::read(bytes) else { return };
    let _ = transcript.head(ID);
    // A transcript may claim four thousand million events; whoever reads one stops at the first that is not there.
    let _ = transcript.events(1).try_for_each(|event| event.map(drop));
    assert!(transcript.records().map(|record| record.len() + 2).sum::<usize>() <= transcript.raw_events().len());
}

fn journal(bytes: &[u8]) {
    let _ = segment::Header::decode(bytes);
    let _ = segment::FrameHead::decode(bytes);
    if let Some(writes) = segment::decode_body(bytes) {
        let mut again = Vec::new();
        assert!(segment::encode_body(&writes, &mut again).is_some() && again == bytes);
    }
}

/// What is found in a text is never ruled out by its signature.
pub(crate) fn words(wanted: &str, text: &str) {
    let words = Words::new(wanted);
    let mut signer = Signer::new();
    signer.text(text);
    let mut probe = Probe::default();
    words.describe(&mut probe);
    let found = words.those_in(text.as_bytes(), &mut Lowered::default());
    assert!(found != words.all() || probe.may_be_in(&signer.finish()));
}
