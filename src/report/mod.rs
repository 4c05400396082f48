//! stub
pub mod figures;
pub mod table;
