//! R3: what infrastructure prevented is never reported as failed.
