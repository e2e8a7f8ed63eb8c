//! R2: an engine that stops answering ends the run with 3 in a bounded time.
