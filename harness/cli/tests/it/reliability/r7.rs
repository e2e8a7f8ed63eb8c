//! R7: a full disk is infrastructure: not available, exit code 3.
