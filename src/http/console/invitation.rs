//! An invitation, as it is handed out.

use serde::Serialize;
use utoipa::ToSchema;

use super::member::View;
use crate::app::Services;
use crate::app::staff::manage::join_link;
use crate::domain::kernel::secret::SecretText;
use crate::domain::staff::{INVITATION, StaffMember};
/// Somebody who was invited, and the link to hand to them
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Invited {
    member: View,
    /// Good once, and shown once
    #[schema(value_type = String)]
    link: SecretText,
    expires_at: String,
}

/// What is handed out.
pub(super) fn invited(services: &Services, member: &StaffMember, invitation: &SecretText) -> Invited {
    Invited {
        member: View::from(member),
        link: join_link(services.policy.public_url.as_str(), invitation),
        expires_at: services.clock.now().plus(INVITATION).rfc3339(),
    }
}
