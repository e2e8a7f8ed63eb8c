//! The pure half of dogfood: values in, values out. No files, no network, no clock, no processes; clippy holds that.
//!
//! In reading order: where and when things stand ([`place`], [`name`], [`date`], [`digest`]), what is wrong ([`finding`]), whose fault an error
//! is ([`blame`]) and what is made to go wrong ([`fault`]), what it may cost to look ([`budget`]), what a guide means ([`markup`],
//! [`book`]), what it runs with ([`infra`], [`plan`]), what a run says ([`redact`], [`event`]) and leaves ([`yaml`], [`trace`]), what times
//! say ([`bench`], [`criterion`]), what a page can show of all that ([`evidence`]), how it is held against the guide ([`compare`], [`checkout`],
//! [`review`], [`rules`], [`gate`], [`accept`]) and told
//! ([`reports`]).

pub mod place;
pub mod name;
pub mod date;
pub mod digest;
pub mod finding;
pub mod blame;
pub mod fault;
pub mod budget;
pub mod yaml;
pub mod markup;
pub mod book;
pub mod infra;
pub mod plan;
pub mod redact;
pub mod event;
pub mod compare;
pub mod trace;
pub mod bench;
pub mod criterion;
pub mod evidence;
pub mod checkout;
pub mod review;
pub mod rules;
pub mod gate;
pub mod accept;
pub mod reports;
