//! H8: a JUnit report is well-formed XML whatever a recipe prints.
