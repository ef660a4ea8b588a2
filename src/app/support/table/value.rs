//! One value of a row.

use serde::{Deserialize, Serialize};

use crate::domain::identity::written_iin::Written;

/// A value and how the file holds it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// As text.
    pub text: String,
    /// Whether it is a number by nature.
    is_number: bool,
}

impl Value {
    /// A text.
    pub fn of_text(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_number: false }
    }

    /// A number, written out.
    pub fn of_number(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_number: true }
    }

    /// How the file holds it.
    pub fn written(&self) -> Written {
        if self.is_number { Written::Number } else { Written::Text }
    }

    /// Whether nothing can be seen in it.
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}
