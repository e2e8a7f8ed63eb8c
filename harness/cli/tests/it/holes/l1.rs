//! L1: no report prints a line of a guide that holds a secret.
