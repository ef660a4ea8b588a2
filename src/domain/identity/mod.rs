//! Who people are: their IIN, what the population register says of them, and where they are reached.

pub mod contact;
pub mod person;
pub mod ports;
pub mod register;
pub mod written_iin;
