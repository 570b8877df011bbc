//! A body in chunks (RFC 9112, section 7.1): sizes, bytes and the end. Extensions and trailers, which nobody needs and which programs
//! read in different ways, are refused.

use super::refusal::Refusal;

/// Hexadecimal digits of a size; more than these is more than any body may have.
const DIGITS: u8 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chunks {
    Size { digits: u8, size: u64 },
    SizeEnd { size: u64 },
    Data { left: u64 },
    DataEnd { is_half: bool },
    End { is_half: bool },
    Over,
}

impl Default for Chunks {
    fn default() -> Self {
        Self::Size { digits: 0, size: 0 }
    }
}

impl Chunks {
    pub fn are_over(self) -> bool {
        self == Self::Over
    }

    /// Goes on with what has come; yields how much of it belongs to this body.
    pub fn take(&mut self, input: &[u8]) -> Result<usize, Refusal> {
        let mut at = 0;
        while at < input.len() && !self.are_over() {
            if let Self::Data { left } = self {
                let here = (input.len() - at).min(usize::try_from(*left).unwrap_or(usize::MAX));
                at += here;
                *left -= here as u64;
                if *left == 0 {
                    *self = Self::DataEnd { is_half: false };
                }
                continue;
            }
            match self.after(input[at]) {
                Some(next) => *self = next,
                // What came before is handed on all the same, so that it does not matter how the bytes were cut.
                None if at > 0 => break,
                None => return Err(Refusal::Malformed),
            }
            at += 1;
        }
        Ok(at)
    }

    fn after(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Size { digits, size }, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') if digits < DIGITS => {
                let digit = u64::from(char::from(byte).to_digit(16)?);
                Some(Self::Size { digits: digits + 1, size: size * 16 + digit })
            }
            (Self::Size { digits, size }, b'\r') if digits > 0 => Some(Self::SizeEnd { size }),
            (Self::SizeEnd { size: 0 }, b'\n') => Some(Self::End { is_half: false }),
            (Self::SizeEnd { size }, b'\n') => Some(Self::Data { left: size }),
            (Self::DataEnd { is_half: false }, b'\r') => Some(Self::DataEnd { is_half: true }),
            (Self::DataEnd { is_half: true }, b'\n') => Some(Self::default()),
            (Self::End { is_half: false }, b'\r') => Some(Self::End { is_half: true }),
            (Self::End { is_half: true }, b'\n') => Some(Self::Over),
            _ => None,
        }
    }
}
