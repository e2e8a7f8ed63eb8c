//! The one way into and out of YAML: limits per kind of file, unknown keys refused, positions in errors. Pure; touches nothing.
