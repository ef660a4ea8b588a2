//! How what sources say comes in: versions, changes, quarantine, the way back, and what happens when it is cut short.

mod broken_line;
mod faults;
mod followed;
mod imports;
mod offices;
mod properties;
mod pushed;
mod rekeyed;
mod shop;
