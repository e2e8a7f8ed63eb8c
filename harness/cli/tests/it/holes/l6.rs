//! L6: a recipe that kills its supervisor, and a closed terminal, leave nothing behind.
