//! One file: what whoever reads it sees, what the disk has of it, and the writes between the two.

use super::super::dice::Dice;

const SECTOR: u64 = 512;

#[derive(Default)]
pub struct File {
    pub live: Vec<u8>,
    pub(super) durable: Vec<u8>,
    waiting: Vec<Change>,
}

pub(super) enum Change {
    Write { at: u64, bytes: Vec<u8> },
    Length(u64),
}

/// What a cut does to the writes that were not synced.
#[derive(Debug, Clone, Copy)]
pub(super) enum Manner {
    DropsAll,
    KeepsAll,
    Mixed,
}

impl Manner {
    pub(super) fn of_this_cut(dice: &mut Dice) -> Self {
        match dice.below(8) {
            0 | 1 => Self::DropsAll,
            2 => Self::KeepsAll,
            _ => Self::Mixed,
        }
    }
}

impl File {
    pub(super) fn holding(bytes: &[u8]) -> Self {
        Self { live: bytes.to_vec(), durable: bytes.to_vec(), waiting: Vec::new() }
    }

    pub(super) fn change(&mut self, change: Change) {
        change.apply(&mut self.live);
        self.waiting.push(change);
    }

    pub(super) fn sync(&mut self) {
        for change in std::mem::take(&mut self.waiting) {
            change.apply(&mut self.durable);
        }
    }

    /// Decides for each waiting change whether the disk has it.
    pub(super) fn settle(&mut self, manner: Manner, dice: &mut Dice) {
        for change in std::mem::take(&mut self.waiting) {
            match (manner, dice.below(3)) {
                (Manner::DropsAll, _) | (Manner::Mixed, 0) => {}
                (Manner::KeepsAll, _) | (Manner::Mixed, 1) => change.apply(&mut self.durable),
                (Manner::Mixed, _) => change.apply_torn(&mut self.durable, dice),
            }
        }
    }
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { at, bytes } => put(content, *at, bytes),
            Self::Length(length) => content.resize(usize::try_from(*length).unwrap(), 0),
        }
    }

    /// Each sector is there or is not.
    fn apply_torn(&self, content: &mut Vec<u8>, dice: &mut Dice) {
        let Self::Write { at, bytes } = self else { return self.apply(content) };
        let mut done = 0;
        while done < bytes.len() {
            let place = at + done as u64;
            let whole = usize::try_from(SECTOR - place % SECTOR).unwrap().min(bytes.len() - done);
            if dice.below(2) == 0 {
                put(content, place, &bytes[done..done + whole]);
            }
            done += whole;
        }
    }
}

fn put(content: &mut Vec<u8>, at: u64, bytes: &[u8]) {
    let at = usize::try_from(at).unwrap();
    if content.len() < at + bytes.len() {
        content.resize(at + bytes.len(), 0);
    }
    content[at..at + bytes.len()].copy_from_slice(bytes);
}
