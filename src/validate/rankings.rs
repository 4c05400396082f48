//! Rotation by performance as a contest in effort (theory: [`crate::theory::contest::logit_effort`] and
//! [`crate::theory::contest::power_effort`]): learned where a symmetric pure equilibrium exists, refused where none does.

use super::games::contest::{Contest, Cost, Selection};
use super::games::stage::{Known, Lesson, deviation_gain, study};
use super::{Draws, Finding, Standard, Study};
use crate::draws::Purpose;
use crate::theory::contest::{Effort, logit_effort, power_effort};

const LOGIT: &str = "Hirshleifer 1989; Lazear and Rosen 1981";

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    for (n, beta) in [(2, 1.0), (5, 1.0), (5, 2.0), (10, 2.0)] {
        let selection = Selection::Logit(beta);
        let name = format!("ranking/softmax/n={n}/beta={beta}");
        studies.extend(learned(&name, n, selection, logit_effort(1.0, 1.0, n, beta)));
    }
    for (n, gamma) in [(5, 1.0), (3, 2.0)] {
        let name = format!("ranking/power/n={n}/gamma={gamma}");
        studies.extend(learned(&name, n, Selection::Power(gamma), power_effort(1.0, 1.0, n, gamma)));
    }
    for (n, beta) in [(2, 1.0), (2, 2.5), (2, 4.0), (5, 2.0), (5, 4.0), (10, 2.0), (10, 6.0)] {
        let solved = logit_effort(1.0, 1.0, n, beta);
        let m = f64::from(n);
        let candidate = beta * (m - 1.0) / (m * m);
        let name = format!("ranking/softmax/n={n}/beta={beta}");
        studies.push(existence(&name, n, Selection::Logit(beta), candidate, solved));
    }
    for (n, gamma) in [(2, 3.0), (2, 5.0), (5, 2.0), (5, 3.0)] {
        let solved = power_effort(1.0, 1.0, n, gamma);
        let m = f64::from(n);
        let candidate = (gamma * (m - 1.0) / (m * m)).sqrt();
        let name = format!("ranking/power/n={n}/gamma={gamma}");
        studies.push(existence(&name, n, Selection::Power(gamma), candidate, solved));
    }
    studies
}

fn contest(n: u32, selection: Selection) -> Contest {
    Contest { selection, cost: Cost::Quadratic, ..Contest::lottery(1.0, 1.0, n as usize) }
}

/// Efforts are learned; `None` where theory knows no symmetric pure equilibrium.
fn learned(name: &str, n: u32, selection: Selection, solved: Option<Effort>) -> Option<Study> {
    let Effort { effort, payoff } = solved?;
    let m = f64::from(n);
    let known: Vec<Known> = vec![
        ("effort".into(), effort, "effort"),
        ("payoff".into(), payoff, "ETH"),
        ("total-effort".into(), m * effort, "effort"),
        ("total-effort-locked".into(), m * effort, "effort"),
        ("dissipation".into(), m * 0.5 * effort * effort, "share of the reward"),
    ];
    let lesson = Lesson { rounds: 8, ..Lesson::up_to(2.3 * effort) };
    Some(study(name, LOGIT, contest(n, selection), lesson, &vec![effort; n as usize], known))
}

/// Whether the candidate of the first-order condition survives every deviation, against what the program says of it.
fn existence(name: &str, n: u32, selection: Selection, candidate: f64, solved: Option<Effort>) -> Study {
    let says = f64::from(u8::from(solved.is_some()));
    let work = move |draws: &Draws| {
        let profile = vec![candidate; n as usize];
        let mut luck = draws.luck(Purpose::Play, "none", 0);
        // No effort beyond √2 can pay: it costs more than the whole reward.
        let gain = deviation_gain(&contest(n, selection), 0, &profile, 1.5, &mut luck);
        vec![Finding::truth(gain < 1e-9)]
    };
    Study::of(name, work).case(
        "symmetric-equilibrium-exists",
        says,
        "yes is 1",
        Standard::Computed(0.0),
        LOGIT,
    )
}
