//! R4: a failing build step is reported with its own last lines, once, without colour codes.
