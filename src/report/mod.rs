//! What a run shows its reader: figures, the closing table, and warnings, all drawn from the store.
//!
//! | module | makes |
//! |---|---|
//! | [`figures`] | the charts of a comparison |
//! | [`document`] | `report.md`, `report.html`, `tables/*.tex` and `tables/*.csv` |
//! | [`table`] | the table that closes a run on the terminal |
//! | [`validation`] | the tables of `validate` |
//! | [`warnings`] | what the reader should know before believing the numbers, with a remedy |
//! | [`precision`] | what a run that was stopped has reached, and what the rest would cost |
//! | [`robustness`] | whether the ranking of mechanisms survives another learning rule |
//! | [`claim`] | what came of the claim that the experiment states |
//! | [`sweep`] | what a design gave: its points, main effects, the table that closes a sweep |
//! | [`frontier`], [`best`], [`sensitivity`] | the closing words of optimizations and of sensitivity studies |
//! | [`summary`] | means and paired differences over replicates, from which the others draw |

pub mod best;
pub mod claim;
pub mod document;
pub mod figures;
pub mod frontier;
pub mod naming;
pub mod precision;
pub mod robustness;
pub mod sensitivity;
pub mod summary;
pub mod sweep;
pub mod table;
pub mod validation;
pub mod warnings;
