//! Faces in untrusted pictures: decode, detect, align, measure, describe, and tell a living face from a picture of one.
//!
//! A picture's way: [`decode`], [`detect`], [`align`], [`quality`], [`gate`], [`presentation`], [`embed`], all walked in
//! [`examiner`]; [`session_pool`] hands examiners out and [`engine`] puts them behind the port of the domain. What the
//! models are, how they are fed and judged, stands in `models/manifest.toml`, read by [`manifest`].
//! [`face_index`] finds faces that are alike among all that were seen.
//! [`colours`] and [`turn`] measure what liveness asks of face and surroundings.
//! [`animate`] brings a still portrait to motion for the demonstration; [`clip`] reads clips and [`encode`] sends frames as
//! the page does, for the evaluation.

pub mod animate;
pub mod clip;
pub mod engine;
pub mod examiner;
pub mod face;
pub mod face_index;
pub mod model;
pub mod picture;
#[cfg(test)]
pub(crate) mod testing;
