//! Answers: a policy that remembers, as a strategy file holds it.
//!
//! ```toml
//! memory = 1
//! seen = [[0.1, 0.2, 0.3], [0.1, 0.2]]
//! answers = [0, 1, 0, 0, 2, 1]
//! ```
//!
//! `seen` lists the offers, in ETH, that the policy tells apart: first its own, then those of each rival in the order of the
//! experiment's file. A history is what everybody offered in each of the last `memory` epochs, and `answers` has one entry for
//! each history: the place on the `menu`, from 0, of the offer that follows it. Histories ascend like digits, the oldest
//! epoch first and within an epoch one's own offer first, so that the last rival's latest offer changes fastest. Here
//! `answers[3]` follows its own 0.2 and the rival's 0.2. An offer that is not among those seen counts as the
//! nearest, the lower of two that are equally near.

use super::{MEMORY, Menu, POLICY};
use crate::settings::{Parameter, Section, Value};

/// Offers told apart.
pub const SEEN: Parameter = Parameter::custom_optional(
    "seen",
    "lists of offers in ETH, ascending: one's own, then each rival's in the order of the experiment's file",
    "the offers that a policy with memory tells apart",
);
/// Answers.
pub const ANSWERS: Parameter = Parameter::custom_optional(
    "answers",
    "a list with one place on the menu (from 0) for each history of offers seen, own offer and oldest epoch first",
    "what a policy with memory does after each history: a scripted agent plays it as it is, Q-learning starts from it",
);

/// Most histories that a policy may tell apart.
pub const MOST_HISTORIES: usize = 1 << 20;

/// A policy with memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// Epochs remembered, from 1.
    pub memory: u32,
    /// Offers told apart, ascending, in ETH: one's own, then each rival's.
    pub seen: Vec<Vec<f64>>,
    /// Setting after each history.
    pub settings: Vec<u16>,
}

impl Answers {
    /// Whether a strategy file has any.
    pub fn are_given(section: &Section) -> bool {
        section.is_given(ANSWERS.key)
    }

    /// Reads them from a strategy file with this menu; refuses what does not fit together.
    pub fn read(section: &Section, menu: &Menu) -> Option<Answers> {
        let memory = section.integer(&MEMORY) as u32;
        let seen = section.custom(&SEEN, seen_from);
        let answers = section.custom(&ANSWERS, |value| settings_from(value, menu.settings.len()))?;
        if section.is_given(POLICY.key) {
            let message = "answers beside a policy without memory";
            section.refuse(ANSWERS.key, message, "`answers` or `policy`, not both", None);
            return None;
        }
        let Some(seen) = seen else {
            if !section.is_given(SEEN.key) {
                section.refuse(ANSWERS.key, "answers to offers that are not listed", "`seen` besides", None);
            }
            return None;
        };
        if memory == 0 {
            section.refuse(ANSWERS.key, "answers without a memory", "`memory = 1` or 2 besides", None);
            return None;
        }
        let profiles = seen.iter().try_fold(1_usize, |product, list| product.checked_mul(list.len()));
        let histories = profiles.and_then(|profiles| profiles.checked_pow(memory));
        let Some(histories) = histories.filter(|&histories| histories <= MOST_HISTORIES) else {
            let allowed = format!("at most {MOST_HISTORIES} histories");
            section.refuse(SEEN.key, "more histories than a table can hold", &allowed, None);
            return None;
        };
        if answers.len() != histories {
            let message = format!("{} answers to {histories} histories of the offers seen", answers.len());
            section.refuse(ANSWERS.key, &message, &format!("a list of {histories} settings"), None);
            return None;
        }
        Some(Answers { memory, seen, settings: answers })
    }

    /// Their keys and values in a strategy file.
    pub fn to_values(&self) -> [(&'static str, Value); 3] {
        let list = |numbers: &Vec<f64>| Value::List(numbers.iter().copied().map(Value::Number).collect());
        let place = |&setting: &u16| Value::Integer(i64::from(setting));
        [
            (MEMORY.key, Value::Integer(i64::from(self.memory))),
            (SEEN.key, Value::List(self.seen.iter().map(list).collect())),
            (ANSWERS.key, Value::List(self.settings.iter().map(place).collect())),
        ]
    }

    /// Number of profiles of offers that they tell apart.
    pub fn profiles(&self) -> usize {
        self.seen.iter().map(Vec::len).product()
    }

    /// The number of a profile of places among the offers seen, one's own first.
    pub fn profile(&self, places: impl IntoIterator<Item = usize>) -> usize {
        self.seen.iter().zip(places).fold(0, |number, (list, place)| number * list.len() + place)
    }

    /// The place of the nearest of the offers seen of a player, oneself being 0.
    pub fn place(&self, player: usize, offer: f64) -> usize {
        let list = &self.seen[player];
        let above = list.partition_point(|&seen| seen < offer);
        match (above.checked_sub(1), list.get(above)) {
            (Some(below), Some(&next)) if offer - list[below] <= next - offer => below,
            (_, Some(_)) => above,
            (below, None) => below.unwrap_or(0),
        }
    }
}

fn seen_from(value: &Value) -> Result<Vec<Vec<f64>>, String> {
    let wrong = "`seen` is a list of lists of offers, such as [[0.1, 0.2], [0.1, 0.2]]";
    let lists: Vec<Vec<f64>> =
        value.as_list().ok_or(wrong)?.iter().map(Value::as_numbers).collect::<Option<_>>().ok_or(wrong)?;
    if lists.is_empty() {
        return Err(wrong.to_owned());
    }
    for (player, list) in lists.iter().enumerate() {
        let ascending = list.windows(2).all(|pair| pair[0] < pair[1]);
        if list.is_empty() || !ascending || list.iter().any(|offer| !offer.is_finite()) {
            return Err(format!("list {player} of the offers seen does not ascend, or is empty"));
        }
    }
    Ok(lists)
}

fn settings_from(value: &Value, settings: usize) -> Result<Vec<u16>, String> {
    let numbers =
        value.as_numbers().ok_or("`answers` is a list of places on the menu, such as [0, 0, 1, 1]")?;
    let place = |&number: &f64| {
        (number.fract() == 0.0 && (0.0..settings as f64).contains(&number))
            .then_some(number as u16)
            .ok_or_else(|| {
                format!(
                    "the answer {number} is no place on a menu of {settings} settings (0 to {})",
                    settings - 1
                )
            })
    };
    numbers.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_count_as_the_nearest() {
        let answers = Answers { memory: 1, seen: vec![vec![0.0, 1.0, 3.0], vec![2.0]], settings: vec![0; 3] };
        let places: Vec<usize> = [-1.0, 0.4, 0.5, 0.6, 1.0, 2.0, 2.1, 9.0]
            .into_iter()
            .map(|offer| answers.place(0, offer))
            .collect();
        assert_eq!(places, [0, 0, 0, 1, 1, 1, 2, 2]);
        assert_eq!(answers.place(1, 0.0), 0);
        assert_eq!(answers.place(1, 5.0), 0);
        assert_eq!(answers.profile([2, 0]), 2);
        assert_eq!(answers.profiles(), 3);
    }
}
