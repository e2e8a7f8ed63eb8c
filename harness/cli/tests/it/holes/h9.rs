//! H9: evidence that a change brings for itself is named and holds the merge.
