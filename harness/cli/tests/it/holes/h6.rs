//! H6: the second scan looks in every mode, also where nothing is written.
