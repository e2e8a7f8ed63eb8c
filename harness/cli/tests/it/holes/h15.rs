//! H15: `check` of anybody's change is bounded in time and memory.
