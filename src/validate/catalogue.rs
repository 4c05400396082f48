//! Every case there is, and how one is found by name.

use super::{
    Case, Study, asymmetric, auctions, banchio, block_auctions, bribery, calvano, censorship,
    complete_information, contests, delays, deterrence, factorial, kickbacks, liveness, planted, rankings,
    replication, rings, tied_bidders,
};
use crate::settings::nearest;
use std::collections::BTreeSet;

/// All studies, and their cases in one order.
pub struct Catalogue {
    /// The studies, by family.
    pub studies: Vec<Study>,
    /// Study and place of each case.
    places: Vec<(usize, usize)>,
}

/// A name that no case has, with the nearest that there is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no case `{name}`{}; `list cases` names them all", suggestion(.nearest.as_deref()))]
pub struct Unknown {
    /// What was asked for.
    pub name: String,
    /// The nearest name of a case or of a group of cases.
    pub nearest: Option<String>,
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}

impl Catalogue {
    /// Every row of theory and of the publications.
    pub fn all() -> Self {
        let families = [
            auctions::studies,
            asymmetric::studies,
            complete_information::studies,
            contests::studies,
            rankings::studies,
            kickbacks::studies,
            bribery::studies,
            block_auctions::studies,
            delays::studies,
            censorship::studies,
            deterrence::studies,
            rings::studies,
            planted::studies,
            liveness::studies,
            calvano::studies,
            banchio::studies,
            factorial::studies,
            tied_bidders::studies,
            replication::studies,
        ];
        Catalogue::of(families.into_iter().flat_map(|family| family()).collect())
    }

    /// These studies.
    pub fn of(studies: Vec<Study>) -> Self {
        let mut places = Vec::new();
        for (study, s) in studies.iter().enumerate() {
            places.extend((0..s.cases.len()).map(|place| (study, place)));
        }
        Catalogue { studies, places }
    }

    /// Number of cases.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The cases, in order.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.studies.iter().flat_map(|study| &study.cases)
    }

    /// Study and place of a case.
    pub fn place(&self, case: usize) -> (usize, usize) {
        self.places[case]
    }

    /// A case, to be changed.
    pub fn case_mut(&mut self, case: usize) -> &mut Case {
        let (study, place) = self.places[case];
        &mut self.studies[study].cases[place]
    }

    /// Indices of the cases with one of these names, or below one of them (`auction` means all of `auction/…`); of all
    /// cases if there are no names.
    ///
    /// # Errors
    /// The first name that nothing goes by.
    pub fn choose(&self, names: &[String]) -> Result<Vec<usize>, Unknown> {
        if names.is_empty() {
            return Ok((0..self.len()).collect());
        }
        let mut chosen = BTreeSet::new();
        for name in names {
            let name = name.trim_end_matches('/');
            let below = |case: &Case| {
                case.name == name || case.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))
            };
            let found: Vec<usize> =
                self.cases().enumerate().filter(|(_, case)| below(case)).map(|(i, _)| i).collect();
            if found.is_empty() {
                return Err(Unknown { name: name.to_owned(), nearest: self.nearest(name) });
            }
            chosen.extend(found);
        }
        Ok(chosen.into_iter().collect())
    }

    /// The nearest case or group of cases to a name.
    fn nearest(&self, name: &str) -> Option<String> {
        let mut groups = BTreeSet::new();
        for case in self.cases() {
            groups.insert(case.name.as_str());
            groups.extend(case.name.match_indices('/').map(|(at, _)| &case.name[..at]));
        }
        nearest(name, groups).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::{Finding, Standard};

    fn catalogue() -> Catalogue {
        let study = |name: &str| {
            Study::of(name, |_| vec![Finding::exact(1.0); 2])
                .case("revenue", 1.0, "ETH", Standard::Given, "here")
                .case("price", 2.0, "ETH", Standard::Given, "here")
        };
        Catalogue::of(vec![study("auction/n=2"), study("auction/n=20")])
    }

    #[test]
    fn a_name_means_all_below_it_and_nothing_beside_it() {
        let catalogue = catalogue();
        let choose =
            |names: &[&str]| catalogue.choose(&names.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        assert_eq!(choose(&[]).unwrap(), [0, 1, 2, 3]);
        assert_eq!(choose(&["auction/"]).unwrap(), [0, 1, 2, 3]);
        assert_eq!(choose(&["auction/n=2"]).unwrap(), [0, 1]);
        assert_eq!(choose(&["auction/n=20/price", "auction/n=2/price"]).unwrap(), [1, 3]);
        let unknown = choose(&["auction/n=2/prize"]).unwrap_err();
        assert_eq!(unknown.nearest.as_deref(), Some("auction/n=2/price"));
        assert_eq!(choose(&["auktion"]).unwrap_err().nearest.as_deref(), Some("auction"));
    }

    #[test]
    fn every_case_has_a_name_of_its_own_a_finite_target_and_a_source() {
        let all = Catalogue::all();
        let mut names = BTreeSet::new();
        for case in all.cases() {
            assert!(names.insert(case.name.clone()), "{} is there twice", case.name);
            assert!(case.target.is_finite() && !case.source.is_empty(), "{case:?}");
            let plain = |c: char| c.is_ascii_alphanumeric() || "-/=.,+".contains(c);
            assert!(case.name.chars().all(plain), "{}", case.name);
        }
    }
}
