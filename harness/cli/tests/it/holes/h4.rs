//! H4: a build writes to, and empties, only the output folder that it made.
