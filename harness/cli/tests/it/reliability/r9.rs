//! R9: a hundred recipes on one container target all pass.
