//! H5: session tokens of AWS are recognised wherever they stand.
