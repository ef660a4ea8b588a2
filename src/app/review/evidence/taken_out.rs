//! Evidence on its way out of the house: by whom, and under which names.

/// Who takes evidence out.
#[derive(Clone, Debug)]
pub struct TakenOut {
    /// Their login.
    pub by: String,
    /// Login of who allowed it.
    pub allowed_by: Option<String>,
}

/// The file of a picture of the capture.
pub fn picture_file(number: usize) -> String {
    format!("pictures/{number:02}.jpg")
}
