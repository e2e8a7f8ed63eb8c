//! H11: the gate parses Markdown with the switches that book.toml gives to mdBook.
