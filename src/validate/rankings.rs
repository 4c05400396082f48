//! Rotation by performance as a contest in effort (theory: [`crate::theory::contest::logit_effort`] and
//! [`crate::theory::contest::power_effort`]), under the program's own rule: learned where a symmetric pure equilibrium exists,
//! refused by the certificate where none does.

use super::Study;
use super::program::ranking::{Form, Ranking};
use super::program::{best_deviation, certified_script};
use crate::theory::contest::{logit_effort, power_effort};

const LOGIT: &str = "Hirshleifer 1989; Lazear and Rosen 1981";

/// Settings of the coarser menu.
const POINTS: usize = 41;

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    for (n, beta) in [(2, 1.0), (5, 1.0), (5, 2.0), (10, 2.0)] {
        let ranking = Ranking { members: n, form: Form::Exponential(beta), highest: 0.8 };
        if let Some(solved) = logit_effort(1.0, 1.0, n, beta) {
            studies.push(ranking.study(
                &format!("ranking/softmax/n={n}/beta={beta}"),
                LOGIT,
                POINTS,
                &solved,
            ));
        }
    }
    for (n, gamma) in [(5, 1.0), (3, 2.0)] {
        let ranking = Ranking { members: n, form: Form::Power(gamma), highest: 1.2 };
        if let Some(solved) = power_effort(1.0, 1.0, n, gamma) {
            studies.push(ranking.study(
                &format!("ranking/power/n={n}/gamma={gamma}"),
                LOGIT,
                POINTS,
                &solved,
            ));
        }
    }
    for (n, beta) in [(2, 1.0), (2, 2.5), (2, 4.0), (5, 2.0), (5, 4.0), (10, 2.0), (10, 6.0)] {
        let m = f64::from(n);
        let says = logit_effort(1.0, 1.0, n, beta).is_some();
        let name = format!("ranking/softmax/n={n}/beta={beta}");
        studies.push(existence(&name, n, Form::Exponential(beta), beta * (m - 1.0) / (m * m), says));
    }
    for (n, gamma) in [(2, 3.0), (2, 5.0), (5, 2.0), (5, 3.0)] {
        let m = f64::from(n);
        let says = power_effort(1.0, 1.0, n, gamma).is_some();
        let candidate = (gamma * (m - 1.0) / (m * m)).sqrt();
        let name = format!("ranking/power/n={n}/gamma={gamma}");
        studies.push(existence(&name, n, Form::Power(gamma), candidate, says));
    }
    studies
}

/// Whether the candidate of the first-order condition survives every deviation: the certificate judges everybody's playing
/// it. No effort beyond √2 can pay: it costs more than the whole reward.
fn existence(name: &str, members: u32, form: Form, candidate: f64, says: bool) -> Study {
    let ranking = Ranking { members, form, highest: 1.5 };
    let text = ranking.text(&format!(
        "learner = \"scripted\"\noffer = {{ absolute = {candidate:?} }}\nmenu = {{ absolute = [0.0, 1.5], points = 401 }}"
    ));
    let menu = (0..=400).map(|i| 0.003_75 * f64::from(i));
    let gain = best_deviation(&|efforts| ranking.payoffs(efforts), candidate, members as usize, menu);
    certified_script(name, text, says, gain, LOGIT)
}
