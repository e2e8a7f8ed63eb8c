//! The gate: a pure function from a loaded checkout to findings. It runs nothing and opens nothing.
