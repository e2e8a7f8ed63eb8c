//! H12: an include reaches no hidden file of the checkout, such as those of `.git`.
