//! R5: a server that somebody killed is started again once, and the summary reports it.
