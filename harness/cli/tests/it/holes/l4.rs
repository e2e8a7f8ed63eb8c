//! L4: what is inserted into a page stays inside the list items and quotes of its fence.
