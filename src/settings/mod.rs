//! The layer through which every experiment, scenario and strategy file is read.
//!
//! A module of the program declares what it reads as constants ([`Parameter`]); reading through those constants
//! gives, from that one table, type and range checks, defaults, detection of keys that nobody reads, the resolved
//! experiment, `--set`, the JSON Schema and `list parameters`.
//!
//! ```
//! use sequencer_lab::settings::{Document, Parameter, Reader};
//!
//! const SEATS: Parameter = Parameter::integer("seats", 1, 12, 4, "seats", "Sequencers that share an epoch.");
//!
//! let document = Document::parse("example.toml", "[mechanism]\nseats = 5\n").unwrap();
//! let reader = Reader::new();
//! let mechanism = document.root(&reader).table("mechanism").unwrap();
//! assert_eq!(mechanism.integer(&SEATS), 5);
//! assert_eq!(reader.finish().unwrap().to_toml(), "[mechanism]\nseats = 5\n");
//! ```
//!
//! Nothing here knows what the settings mean, touches a file or prints. The way through:
//! [`Document`] (a parsed tree that remembers where each key came from) → [`Reader`] and [`Section`] (reading, which
//! never stops at the first error) → [`Resolved`] (everything that was read) or [`Diagnostics`] (everything wrong).

mod assign;
mod check;
mod diagnostic;
mod document;
mod nearest;
mod nesting;
mod origin;
mod parameter;
mod path;
mod reader;
mod resolved;
mod schema;
mod section;
mod value;
mod words;

#[cfg(test)]
mod tests;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use document::Document;
pub use nearest::nearest;
pub use parameter::{Default, Kind, Parameter, Scale};
pub use reader::{Reader, Unread};
pub use resolved::Resolved;
pub use schema::json_schema;
pub use section::Section;
pub use value::Value;
