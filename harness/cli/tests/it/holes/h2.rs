//! H2: no other file and no other chapter takes the place of a page.
