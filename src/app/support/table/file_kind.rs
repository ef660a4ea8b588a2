//! What a file is by its first bytes, whatever it is called.

/// Files that people send where a table was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileKind {
    /// Office Open XML, or another ZIP archive.
    #[error(
        "the file is a workbook (.xlsx) or another archive: `rastau registry import` and `rastau person import` read a workbook \
         whose name ends in .xlsx; else save it as \"CSV UTF-8\""
    )]
    Workbook,
    /// OpenDocument.
    #[error("the file is an OpenDocument spreadsheet (.ods): save it as .xlsx or \"CSV UTF-8\"")]
    OpenDocument,
    /// A workbook of before 2007, or one with a password: both come in the same container.
    #[error("the file is an old workbook (.xls) or one with a password: save it without one as .xlsx or \"CSV UTF-8\"")]
    OldWorkbook,
    /// JSON where a table was meant.
    #[error("the file is JSON: write one object a line, in a file whose name ends in .jsonl")]
    Json,
    /// One array of everything.
    #[error("the file is one JSON array: write one object a line, without brackets around and commas between them")]
    JsonArray,
    /// HTML or XML, as some programs write what they call .xls.
    #[error("the file is HTML or XML, whatever its name says: save it as .xlsx or \"CSV UTF-8\"")]
    Markup,
    /// A document to be read by people.
    #[error("the file is a PDF or another document, no table: ask for .xlsx or \"CSV UTF-8\"")]
    Document,
    /// Packed.
    #[error("the file is compressed: unpack it first")]
    Compressed,
    /// Other Unicode without what tells its order.
    #[error("the file is no text in UTF-8, nor in UTF-16 with a byte-order mark: save it as \"CSV UTF-8\"")]
    NoText,
    /// Text where a workbook was meant.
    #[error("the file is no workbook, whatever its name says: give it a name that ends in .csv")]
    NoWorkbook,
}

impl FileKind {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Workbook => "file_workbook",
            Self::OpenDocument => "file_open_document",
            Self::OldWorkbook => "file_old_workbook",
            Self::Json => "file_json",
            Self::JsonArray => "file_json_array",
            Self::Markup => "file_markup",
            Self::Document => "file_document",
            Self::Compressed => "file_compressed",
            Self::NoText => "file_no_text",
            Self::NoWorkbook => "file_no_workbook",
        }
    }

    /// What the first bytes of a file are, where they are no text.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        const OPEN_DOCUMENT: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument";
        let starts = |magic: &[u8]| head.starts_with(magic);
        if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
            let is_open = head.windows(OPEN_DOCUMENT.len()).any(|window| window == OPEN_DOCUMENT);
            return Some(if is_open { Self::OpenDocument } else { Self::Workbook });
        }
        if starts(b"\xd0\xcf\x11\xe0") {
            return Some(Self::OldWorkbook);
        }
        if starts(b"%PDF") || starts(b"{\\rtf") {
            return Some(Self::Document);
        }
        if starts(b"\x1f\x8b")
            || starts(b"7z\xbc\xaf")
            || starts(b"Rar!")
            || starts(b"\x28\xb5\x2f\xfd")
            || starts(b"BZh")
        {
            return Some(Self::Compressed);
        }
        None
    }

    /// What text is, by its beginning, where it is no table and no JSON Lines.
    pub(super) fn of_text(head: &[u8], is_table: bool) -> Option<Self> {
        if head.contains(&0) {
            return Some(Self::NoText);
        }
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        match head.first() {
            Some(b'<') => Some(Self::Markup),
            Some(b'[') => Some(if is_table { Self::Json } else { Self::JsonArray }),
            Some(b'{') if is_table => Some(Self::Json),
            _ => None,
        }
    }
}
