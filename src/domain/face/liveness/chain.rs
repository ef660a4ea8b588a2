//! The chain that ties the frames of a capture to it and to each other.

use sha2::{Digest as _, Sha256};

/// Bytes of a link.
pub const LINK_BYTES: usize = 16;

/// Ties a frame to all before it; the first one to the nonce of the capture.
pub type Link = [u8; LINK_BYTES];

/// The chain of one capture.
#[derive(Clone, Copy, Debug)]
pub struct FrameChain {
    last: Link,
}

impl FrameChain {
    /// A chain that begins with the nonce.
    pub fn new(nonce: Link) -> Self {
        Self { last: nonce }
    }

    /// Takes a frame in, if its link follows from all before it, its header and its picture.
    pub fn take(&mut self, header: &[u8], picture: &[u8], link: Link) -> bool {
        let follows = link_after(&self.last, header, picture) == link;
        if follows {
            self.last = link;
        }
        follows
    }
}

/// The first 16 bytes of SHA-256(previous link, header, picture).
pub fn link_after(previous: &Link, header: &[u8], picture: &[u8]) -> Link {
    let digest = Sha256::new().chain_update(previous).chain_update(header).chain_update(picture).finalize();
    let mut link = [0; LINK_BYTES];
    link.copy_from_slice(&digest[..LINK_BYTES]);
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_frames_of_this_capture_in_their_order_follow() {
        let nonce = [7; 16];
        let first = link_after(&nonce, b"1", b"picture");
        let second = link_after(&first, b"2", b"picture");
        let mut chain = FrameChain::new(nonce);
        assert!(chain.take(b"1", b"picture", first));
        assert!(!chain.take(b"1", b"picture", first), "once");
        assert!(!chain.take(b"3", b"picture", second), "another header");
        assert!(!chain.take(b"2", b"another", second), "another picture");
        assert!(chain.take(b"2", b"picture", second));
        assert!(!FrameChain::new([8; 16]).take(b"1", b"picture", first), "another capture");
        assert!(!FrameChain::new(nonce).take(b"2", b"picture", second), "one left out");
    }
}
