//! Closed forms and small solvers, against which the simulation is checked. Nothing here knows of the simulation.
//!
//! | module | question |
//! |---|---|
//! | [`auction`] | What do bidders with private values bid, and what does the seller earn? |
//! | [`reserve`] | Which reserve price earns most? |
//! | [`asymmetric`] | What if one of two bidders is stronger? |
//! | [`complete_information`] | What if everybody knows every value? |
//! | [`contest`] | How much stake does a lottery draw out, and how much effort a ranking by performance? |
//! | [`kickback`] | What do delegates pay those who delegate to them? |
//! | [`duopoly`] | The pricing game of Calvano and others, which is the kickback game in other letters. |
//! | [`bribery`] | What does it cost to buy votes? |
//! | [`censorship`] | How long can a transaction be kept out, and at what price? |
//! | [`deterrence`] | Which bond, or which future, keeps an operator honest; and a ring of bidders together? |
//! | [`collateral`] | How much is a bond in another asset short of what was required? |
//! | [`resale`] | What is a seat sold for that can be sold on? |
//! | [`multi_slot`] | What is the MEV of consecutive slots worth to one who makes them all? |
//! | [`availability`] | How often is nobody there to sequence, and for how long? |
//!
//! [`by_name`] has those that take only numbers under names, for formulas in files.

pub mod asymmetric;
pub mod auction;
pub mod availability;
pub mod bribery;
pub mod by_name;
pub mod censorship;
pub mod collateral;
pub mod complete_information;
pub mod contest;
pub mod deterrence;
pub mod duopoly;
pub mod kickback;
pub mod multi_slot;
pub mod resale;
pub mod reserve;
