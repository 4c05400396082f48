//! Whether the settings of a parameter part points that are supported from those that are rejected.

use crate::experiment::store::DesignValue;
use crate::numerics::{exp, ln_choose};
use crate::report::frontier::setting;
use std::collections::BTreeMap;

/// Settings of a parameter at points of two kinds.
pub(super) struct Column<'a> {
    pub yes: Vec<Option<&'a DesignValue>>,
    pub no: Vec<Option<&'a DesignValue>>,
}

impl Column<'_> {
    fn all(&self) -> impl Iterator<Item = Option<&DesignValue>> {
        self.yes.iter().chain(&self.no).copied()
    }

    /// How many points each distinct setting has.
    pub fn groups(&self) -> Vec<usize> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        self.all().for_each(|value| *counts.entry(format!("{value:?}")).or_default() += 1);
        counts.into_values().collect()
    }

    /// The settings as numbers, if they all are.
    fn numbers(values: &[Option<&DesignValue>]) -> Option<Vec<f64>> {
        values
            .iter()
            .map(|value| if let Some(DesignValue::Number(v)) = value { Some(*v) } else { None })
            .collect()
    }

    /// Whether a list of settings says more than which points there are: of texts, and of numbers that recur as in a grid.
    fn is_listable(&self) -> bool {
        let are_numbers = self.all().all(|value| matches!(value, Some(DesignValue::Number(_))));
        !are_numbers || 2 * self.groups().len() <= self.yes.len() + self.no.len()
    }

    /// Probability that settings part points, were as many of them supported and rejected at random.
    pub fn chance(&self) -> f64 {
        let (yes, all) = (self.yes.len(), self.yes.len() + self.no.len());
        if self.is_listable() {
            // Points are dealt group by group, each of which has to be of one kind; single ones always are.
            let mut dealt = 0;
            let mut states = vec![(0, 1.0)];
            for group in self.groups().into_iter().filter(|&group| group > 1) {
                let mut next: BTreeMap<usize, f64> = BTreeMap::new();
                for (used, p) in states {
                    let left = all - dealt;
                    let alike = |kind: usize| {
                        (0..group).map(|i| kind.saturating_sub(i) as f64 / (left - i) as f64).product::<f64>()
                    };
                    let (for_yes, for_no) = (alike(yes - used), alike(left - (yes - used)));
                    *next.entry(used).or_default() += p * for_no;
                    if for_yes > 0.0 {
                        *next.entry(used + group).or_default() += p * for_yes;
                    }
                }
                dealt += group;
                states = next.into_iter().filter(|(_, p)| *p > 1e-12).collect();
            }
            return states.into_iter().map(|(_, p)| p).sum();
        }
        let (Some(mut numbers), Some(more)) = (Self::numbers(&self.yes), Self::numbers(&self.no)) else {
            return 0.0;
        };
        numbers.extend(more);
        numbers.sort_by(f64::total_cmp);
        // Those with the least, or the most, unless a tie has to be cut.
        let cuts = [yes, all - yes].into_iter().filter(|&cut| numbers[cut - 1] < numbers[cut]).count();
        cuts as f64 * exp(-ln_choose(all as u64, yes as u64))
    }

    /// How settings part points, in words; `None` where they do not, or only as any numbers do that never recur.
    pub fn parted(&self, name: &str, most: usize) -> Option<String> {
        if self.yes.iter().any(|value| self.no.contains(value)) {
            return None;
        }
        let ends = |values: &[Option<&DesignValue>]| {
            let numbers = Self::numbers(values)?;
            let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
            Some((low, numbers.into_iter().fold(f64::NEG_INFINITY, f64::max)))
        };
        let say = |v: f64| setting(Some(&DesignValue::Number(v)));
        if let (Some(yes), Some(no)) = (ends(&self.yes), ends(&self.no)) {
            if yes.0 > no.1 {
                let (yes, no) = (say(yes.0), say(no.1));
                return Some(format!(
                    "It is supported where {name} is at least {yes}, and rejected where it is at most {no}."
                ));
            }
            if yes.1 < no.0 {
                let (yes, no) = (say(yes.1), say(no.0));
                return Some(format!(
                    "It is supported where {name} is at most {yes}, and rejected where it is at least {no}."
                ));
            }
        }
        let listed = |values: &[Option<&DesignValue>]| {
            let mut names: Vec<String> = Vec::new();
            for value in values {
                let text = setting(*value);
                if !names.contains(&text) {
                    names.push(text);
                }
            }
            let more = names.len().saturating_sub(most);
            names.truncate(most);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{}{more}", names.join(", "))
        };
        self.is_listable().then(|| {
            let (yes, no) = (listed(&self.yes), listed(&self.no));
            format!("It is supported where {name} is {yes}, and rejected where it is {no}.")
        })
    }
}
