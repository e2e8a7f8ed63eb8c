//! L2: characters that a reader cannot see are written out, and do not pass in a step.
