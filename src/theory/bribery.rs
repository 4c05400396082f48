//! bribery
