//! Who could include a transaction in each slot of an epoch.

/// Who could include a transaction in each slot of an epoch.
#[derive(Clone, Debug, Default)]
pub struct Includers {
    who: Vec<usize>,
    /// Where each slot's end among them.
    ends: Vec<usize>,
}

impl Includers {
    /// Forgets the epoch.
    pub fn clear(&mut self) {
        self.who.clear();
        self.ends.clear();
    }

    /// Adds a slot with those who could include in it.
    pub fn slot(&mut self, who: impl IntoIterator<Item = usize>) {
        self.who.extend(who);
        self.ends.push(self.who.len());
    }

    /// Slots recorded.
    pub fn slots(&self) -> usize {
        self.ends.len()
    }

    /// Those who could include in a slot.
    pub fn of(&self, slot: usize) -> &[usize] {
        let begin = if slot == 0 { 0 } else { self.ends[slot - 1] };
        &self.who[begin..self.ends[slot]]
    }
}
