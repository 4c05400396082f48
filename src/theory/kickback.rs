//! kickback
