//! How should a rollup choose its sequencers?
//!
//! A world of fees, MEV and outages; a mechanism that decides who sequences it; agents who learn to play it; measures of
//! what comes of it; theory to check it; experiments that vary it; charts and a report that show it. Each clause is a
//! folder:
//!
//! * [`world`]: what no agent controls: private values, demand, fees, MEV, outages.
//! * [`theory`]: closed forms and small solvers; knows nothing of the simulation.
//! * [`learning`]: how a learner chooses, one rule per file.
//! * [`agent`]: who sits at the table: sequencers, delegators, and the strategies that they bring.
//! * [`mechanism`]: the rules under comparison, one file each, and the operation of an epoch.
//! * [`play`]: one market's epochs and books; learning over many markets.
//! * [`measure`]: named numbers, the certificate, statistics over replicates.
//! * [`optimize`]: better parameters: the search for efficient frontiers under noise, numbers in and numbers out.
//! * [`experiment`]: from a question in a file to stored runs: units, runner, store, tables.
//! * [`validate`]: theory and published results, replayed as named cases.
//! * [`chart`], [`report`]: figures and tables from the store.
//! * [`cli`]: one command per file.
//! * [`settings`], [`formula`], [`draws`], [`numerics`]: reading files and formulas in them, random draws, and functions with the same
//!   bits everywhere.
//!
//! An epoch in six lines: the world draws private signals ([`play::market::Market::offer`]); candidates offer by their
//! policies; later movers choose and the mechanism selects ([`mechanism::Mechanism::select`]); the epoch is operated slot
//! by slot ([`mechanism::operation`]); money moves ([`mechanism::Mechanism::settle`]); and everyone learns what each of
//! its settings would have earned ([`mechanism::Mechanism::payoffs`]).

pub mod agent;
pub mod chart;
pub mod cli;
pub mod draws;
pub mod experiment;
pub mod formula;
pub mod learning;
pub mod measure;
pub mod mechanism;
pub mod numerics;
pub mod optimize;
pub mod play;
pub mod report;
pub mod settings;
pub mod theory;
pub mod validate;
pub mod world;
