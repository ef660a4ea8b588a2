//! How what sources say comes in: versions, changes, quarantine, the way back, and what happens when it is cut short.

mod faults;
mod followed;
mod imports;
mod properties;
mod pushed;
mod rekeyed;
mod shop;
