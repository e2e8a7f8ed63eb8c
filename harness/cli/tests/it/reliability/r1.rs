//! R1: the first run on an engine without images passes, whatever is built at once.
