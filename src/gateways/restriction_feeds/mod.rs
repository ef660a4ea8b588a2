//! Where restrictions come from by themselves: a folder that files are dropped into, or a source that is asked over HTTP.

pub mod folder;
pub mod http;
