//! duopoly
