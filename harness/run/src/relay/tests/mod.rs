//! The relay against real sockets: servers of a few lines on loopback, clients that see what a recipe would.

mod world;
mod passing;
mod faults;
mod clearing;
mod property;
