//! R6: a frozen run moves what a comparison needs, and the longest chain is printed first.
