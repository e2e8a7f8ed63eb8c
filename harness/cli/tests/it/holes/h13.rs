//! H13: `clean` removes what it can and names what it cannot, each time.
