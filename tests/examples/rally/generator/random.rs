//! Chance that is the same for everybody.

/// The founding month; another seed makes another network.
const SEED: u64 = 202_011;

/// `SplitMix64` (Steele, Lea and Flood 2014).
pub(crate) struct Random(u64);

impl Random {
    /// Makes chance that belongs to one purpose, so that a change elsewhere leaves it as it is.
    pub(crate) fn of(purpose: &str) -> Self {
        let folded = purpose.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(folded ^ SEED)
    }

    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Draws a number below `end`; what modulo prefers does not matter here.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.draw().checked_rem(end).unwrap_or_default()
    }

    /// Draws a number below `end`, small ones more often.
    pub(crate) fn early(&mut self, end: u64) -> u64 {
        self.below(end).min(self.below(end))
    }

    /// Takes a member out of a list.
    pub(crate) fn take<T>(&mut self, members: &mut Vec<T>) -> T {
        let length = u64::try_from(members.len()).expect("a list's length fits");
        members.swap_remove(usize::try_from(self.below(length)).expect("a position fits"))
    }

    /// Picks a member of a list.
    pub(crate) fn pick<'a, T>(&mut self, members: &'a [T]) -> &'a T {
        let length = u64::try_from(members.len()).expect("a list's length fits");
        let position = usize::try_from(self.below(length)).expect("a position fits");
        members.get(position).expect("the list is not empty")
    }
}
