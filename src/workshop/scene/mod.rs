//! What stands before the camera, and how it gets into the picture.

pub mod camera;
pub(super) mod lens;
pub(super) mod mesh;
pub mod page_light;
pub mod pose;
pub mod puppet;
pub mod raster;
pub(super) mod regions;
