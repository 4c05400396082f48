//! deterrence
