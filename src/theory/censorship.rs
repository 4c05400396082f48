//! censorship
