//! Attacks on the program that once succeeded, with their siblings. One file per hole; the right outcome is the test.

mod h1;
mod h2;
mod h3;
mod h4;
mod h5;
mod h6;
mod h7;
mod h8;
mod h9;
mod h10;
mod h11;
mod h12;
mod h13;
mod h14;
mod h15;
mod l1;
mod l2;
mod l3;
mod l4;
mod l5;
mod l6;
mod l7;
mod l8;
