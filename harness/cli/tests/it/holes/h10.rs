//! H10: raw HTML shows, hides and fakes nothing that the gate did not judge.
