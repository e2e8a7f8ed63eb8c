//! Traces: the recorded facts of one cell, their YAML, their seal, and the fold of events that makes them. Pure.
