//! Named distributions of private values.
