//! Second factors, enrolments that wait, codes that went to contacts.

pub(super) mod contact_codes;
pub(super) mod factor_life;
pub(super) mod factors;
pub(super) mod held_enrolments;
