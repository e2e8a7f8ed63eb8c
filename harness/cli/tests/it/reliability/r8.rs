//! R8: `run --repeat N` finds recipes whose output depends on timing.
