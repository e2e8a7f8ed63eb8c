//! H1: text that an include puts together never becomes a helper that nobody read.
