//! Better parameters: a search for efficient frontiers under noise, numbers in and numbers out.
//!
//! A *candidate* is a setting of the variables. Evaluating it once, on the draws of one *replicate*, gives a value of each
//! objective and the slack of each constraint, with noise. Replicates are shared: replicate `r` of two candidates is on the
//! same draws, so that their difference is less noisy than either. What is sought are the candidates whose *expected*
//! objectives no feasible candidate beats in all respects.
//!
//! * [`space`]: variables (continuous, logarithmic, whole, categorical, conditional) as positions between 0 and 1.
//! * [`variation`]: simulated binary crossover and polynomial mutation.
//! * [`candidate`]: what is known of a candidate: one row for each replicate.
//! * [`dominance`]: who dominates whom, judged by paired differences; ranking into fronts.
//! * [`crowding`]: which members of a front stand alone and which can go.
//! * [`search`]: NSGA-II for noisy objectives, as ask and tell.
//! * [`hypervolume`]: the measure of what a front dominates, exactly.
//! * [`frontier`]: the front on fresh draws: intervals, probability of belonging to it, exchange rates, knees.
//! * [`resampling`]: resamples of whole replicates that stray as Student's law says.
//! * [`shrinkage`]: by how much fresh draws are worse than those that chose.
//! * [`best`]: the best point of a single objective, with an interval for where it is.
//! * [`problems`]: test functions whose fronts are known.

pub mod best;
pub mod candidate;
pub mod crowding;
pub mod dominance;
pub mod frontier;
pub mod hypervolume;
pub mod problems;
pub mod resampling;
pub mod search;
pub mod shrinkage;
pub mod space;
pub mod variation;
