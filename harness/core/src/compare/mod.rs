//! Comparison of what a step said with what the guide expects: normalising, patterns, captures, structured data, differences. Pure.
