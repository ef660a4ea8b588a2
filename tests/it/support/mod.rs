//! What several rooms' tests share.

pub(crate) mod app;
pub(crate) mod browser;
pub(crate) mod faces;
pub(crate) mod left_out;
pub(crate) mod line;
pub(crate) mod people;
pub(crate) mod postgres;
pub(crate) mod receiver;
pub(crate) mod valve;
