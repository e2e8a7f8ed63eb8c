//! Faults of machines, disks and the Docker engine under a run. One file per case that once went wrong; the right outcome is the test.

mod r1;
mod r2;
mod r3;
mod r4;
mod r5;
mod r6;
mod r7;
mod r8;
mod r9;
