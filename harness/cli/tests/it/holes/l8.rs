//! L8: a full or read-only disk ends with exit code 3 and keeps the summary.
