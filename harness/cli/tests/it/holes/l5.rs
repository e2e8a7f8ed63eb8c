//! L5: a thread that cannot be started is an error with a reason, not a panic.
