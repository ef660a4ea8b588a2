//! Frames and messages as they travel.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::verification::face::capture::IncomingFrame;
use crate::domain::face::capture::{CAPTURE_TIME, FrameHeader, Guidance};
use crate::domain::face::liveness::chain::{LINK_BYTES, Link};
use crate::domain::face::liveness::course::{Content, Shown};
use crate::domain::kernel::secret::SecretBytes;
use crate::http::problem::Problem;

/// The subprotocol's name.
pub(super) const PROTOCOL: &str = "rastau.capture.v2";
const VERSION: u8 = 2;
/// Version, sequence, capture time, index of what was shown: what the link covers beside the picture.
const LINKED_BYTES: usize = 1 + 4 + 8 + 2;
const HEADER_BYTES: usize = LINKED_BYTES + LINK_BYTES;
/// One JPEG, at most.
const FRAME_BYTES: usize = 512 * 1024;
/// One frame with its header, at most.
pub(in crate::http::player) const MESSAGE_BYTES: usize = HEADER_BYTES + FRAME_BYTES;
/// What the browser says of its camera, at most.
const CAMERA_BYTES: usize = 2 * 1024;

/// What the browser says of its camera; sizes and rates are passed over.
#[derive(Debug, Deserialize)]
pub(super) struct Camera {
    #[serde(default)]
    pub(super) label: String,
}

/// Reads a frame; `None` when it has no header, no picture or another version.
pub(super) fn read_frame(message: &[u8]) -> Option<IncomingFrame> {
    let (header, picture) = message.split_at_checked(HEADER_BYTES)?;
    let (linked, link) = header.split_at_checked(LINKED_BYTES)?;
    let (version, rest) = linked.split_first()?;
    let (sequence, rest) = rest.split_first_chunk::<4>()?;
    let (captured_millis, rest) = rest.split_first_chunk::<8>()?;
    let (shown, _) = rest.split_first_chunk::<2>()?;
    (*version == VERSION && !picture.is_empty()).then_some(())?;
    Some(IncomingFrame {
        header: FrameHeader {
            sequence: u32::from_be_bytes(*sequence),
            captured_millis: u64::from_be_bytes(*captured_millis),
            shown: u16::from_be_bytes(*shown),
        },
        header_bytes: linked.to_vec(),
        link: Link::try_from(link).ok()?,
        picture: SecretBytes::new(picture.to_vec()),
    })
}

/// What a page says in words.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Text {
    /// Before the first frame: what camera the browser has.
    Camera(Camera),
    /// At any time: the camera was taken away, and the page gives the capture up.
    GiveUp,
}

/// Reads a text.
pub(super) fn read_text(text: &str) -> Option<Text> {
    if text.len() > CAMERA_BYTES {
        return None;
    }
    serde_json::from_str(text).ok()
}

pub(super) fn ready(nonce: Link, lights: bool) -> Value {
    json!({
        "type": "ready",
        "protocol": PROTOCOL,
        "nonce": URL_SAFE_NO_PAD.encode(nonce),
        "seconds": CAPTURE_TIME.as_secs(),
        "lights": lights,
    })
}

pub(super) fn show(shown: Shown) -> Value {
    let (command, light) = match shown.content {
        Content::Straight => (None, None),
        Content::Light(light) => (None, Some(light)),
        Content::Command(command) => (Some(command), None),
    };
    let colour = light.map(|light| {
        let [red, green, blue] = light.rgb();
        format!("#{red:02x}{green:02x}{blue:02x}")
    });
    json!({
        "type": "show",
        "index": shown.index,
        "command": command,
        "light": light,
        "colour": colour,
        "number": shown.number,
        "of": shown.of,
    })
}

pub(super) fn guidance(sequence: u32, guidance: Guidance, progress: f32) -> Value {
    json!({ "type": "guidance", "sequence": sequence, "code": guidance.code(), "progress": progress })
}

pub(super) fn problem(refusal: &Problem) -> Value {
    let body = refusal.body();
    json!({
        "type": "problem",
        "code": refusal.code(),
        "problem": body,
        "detail": body.detail(),
        "retry_after": body.retry_after(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_frame_is_a_header_a_link_and_a_picture() {
        let mut message = vec![2, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 1, 9, 0, 3];
        message.extend([5; LINK_BYTES]);
        assert!(read_frame(&message).is_none(), "no picture");
        message.push(0xff);
        let frame = read_frame(&message).unwrap();
        assert_eq!(frame.header, FrameHeader { sequence: 7, captured_millis: 265, shown: 3 });
        assert_eq!((frame.link, frame.picture.expose()), ([5; 16], &[0xff][..]));
        assert_eq!(frame.header_bytes, message[..15]);
        message[0] = 1;
        assert!(read_frame(&message).is_none(), "another version");
    }

    #[test]
    fn a_camera_says_its_name_and_no_more_than_that() {
        let told = r#"{"type": "camera", "label": "FaceTime HD Camera", "width": 640, "height": 480}"#;
        let label = |text| match read_text(text) {
            Some(Text::Camera(camera)) => camera.label,
            other => panic!("{other:?}"),
        };
        assert_eq!(label(told), "FaceTime HD Camera");
        assert_eq!(label(r#"{"type": "camera"}"#), "");
        assert!(matches!(read_text(r#"{"type": "give_up"}"#), Some(Text::GiveUp)));
        for wrong in
            ["", "{}", "[]", r#"{"type": "result", "result": "passed"}"#, &told.replace('F', &"F".repeat(3_000))]
        {
            assert!(read_text(wrong).is_none(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_message_makes_the_parsers_panic(message: Vec<u8>, text: String) {
            let _ = read_frame(&message);
            let _ = read_text(&text);
        }
    }
}
