//! Faces in untrusted pictures: decode, detect, align, measure, describe, and tell a living face from a picture of one.
//!
//! A picture's way: [`decode`], [`detect`], [`align`], [`quality`], [`gate`], [`presentation`], [`embed`], all walked in
//! [`examiner`]; [`session_pool`] hands examiners out and [`engine`] puts them behind the port of the domain. What the
//! models are, how they are fed and judged, stands in `models/manifest.toml`, read by [`manifest`].
//! [`face_index`] finds faces that are alike among all that were seen.
//! [`colours`] and [`turn`] measure what liveness asks of face and surroundings.
//! [`animate`] brings a still portrait to motion for the demonstration; [`clip`] reads clips and [`encode`] sends frames as
//! the page does, for the evaluation.

pub mod align;
pub mod animate;
pub mod clip;
pub mod colours;
pub mod decode;
pub mod detect;
pub mod embed;
pub mod encode;
pub mod engine;
pub mod examiner;
pub mod face_index;
pub mod fingerprint;
pub mod gate;
pub mod geometry;
pub mod landmarks;
pub mod manifest;
pub mod mark;
pub mod picture;
pub mod presentation;
pub mod quality;
pub mod runtime;
pub mod session_pool;
pub mod tensor;
#[cfg(test)]
mod testing;
mod texture;
pub mod turn;
mod upright;
pub mod wiped;
