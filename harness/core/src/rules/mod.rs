//! The rules of the gate: one rule, one file. [`RULES`] is the only list of them. Pure.
