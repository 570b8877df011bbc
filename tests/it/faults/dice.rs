//! Chance that a seed repeats.

use parlor::service::Random;

use crate::harness::world::SeededRandom;

pub struct Dice(SeededRandom);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    pub fn number(&mut self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }

    /// From 0 to one less than `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.number() % bound
    }

    pub fn upto(&mut self, most: u64) -> u64 {
        self.below(most + 1)
    }

    pub fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }

    /// `None` where there is nothing to choose from.
    pub fn some_of<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        if of.is_empty() { None } else { Some(self.one_of(of)) }
    }

    /// A dice of its own, so that how often one is thrown does not change the other.
    pub fn fork(&mut self) -> Self {
        Self::new(self.number())
    }
}
