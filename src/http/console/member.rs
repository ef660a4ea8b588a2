//! One of the staff, as the console reads them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::kernel::time::Timestamp;
use crate::domain::staff::StaffMember;
use crate::http::codes;

/// One of the staff
#[derive(Serialize, ToSchema)]
#[schema(as = StaffMember)]
pub(in crate::http) struct View {
    login: String,
    name: String,
    #[schema(value_type = Vec<codes::Role>)]
    roles: Vec<&'static str>,
    added_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at: Option<String>,
    /// Since when they count; until another than who asked has confirmed their passkey they do not
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<String>,
}

impl From<&StaffMember> for View {
    fn from(member: &StaffMember) -> Self {
        Self {
            login: member.login.to_string(),
            name: member.name.clone(),
            roles: member.roles.iter().map(|role| role.as_str()).collect(),
            added_at: member.added_at.rfc3339(),
            disabled_at: member.disabled_at.map(Timestamp::rfc3339),
            confirmed_at: member.confirmed_at.map(Timestamp::rfc3339),
        }
    }
}
