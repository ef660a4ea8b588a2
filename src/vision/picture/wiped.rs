//! Large buffers of biometric data, wiped when dropped. A camera frame is 900 KiB of pixels and 3.5 MiB of numbers, and
//! `Zeroizing` writes such a vector value by value, twice; filling it and then barring the optimiser from leaving that
//! away does the same at the speed of memory.

use std::fmt;
use std::ops::{Deref, DerefMut};

/// A vector that is wiped when dropped. It is never made shorter or longer, so nothing stays behind.
#[derive(Clone)]
pub struct Wiped<T: Copy + Default>(Vec<T>);

impl<T: Copy + Default> Wiped<T> {
    /// Takes the values over.
    pub fn new(values: Vec<T>) -> Self {
        Self(values)
    }
}

impl<T: Copy + Default> From<Vec<T>> for Wiped<T> {
    fn from(values: Vec<T>) -> Self {
        Self(values)
    }
}

impl<T: Copy + Default> Deref for Wiped<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Copy + Default> DerefMut for Wiped<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T: Copy + Default> Drop for Wiped<T> {
    fn drop(&mut self) {
        self.0.fill(T::default());
        zeroize::optimization_barrier(self.0.as_slice());
    }
}

impl<T: Copy + Default> fmt::Debug for Wiped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wiped({} values, redacted)", self.0.len())
    }
}
