//! L3: environment variables and outputs that would change the page are refused.
