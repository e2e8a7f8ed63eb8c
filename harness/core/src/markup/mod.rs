//! From Markdown to recipes: includes, fences, front matter, attributes. Parsing never aborts: it returns the value and the findings.

pub mod include;
pub mod model;
