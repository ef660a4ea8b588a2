//! Who is behind what happens to the staff.

use std::collections::BTreeSet;

use crate::domain::kernel::id::StaffId;
use crate::domain::staff::StaffMember;

/// Who asked for it: one of the staff, or whoever has the machine.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Which of the staff.
    pub staff: Option<StaffId>,
    /// As the log names them.
    pub named: String,
}

impl Asker {
    /// Whoever has the machine.
    pub fn machine(named: &str) -> Self {
        Self { staff: None, named: named.to_owned() }
    }

    /// As those are kept who cannot vouch for whom they brought in.
    pub(super) fn known(&self) -> BTreeSet<StaffId> {
        self.staff.into_iter().collect()
    }

    /// One of the staff.
    pub fn member(member: &StaffMember) -> Self {
        Self { staff: Some(member.id), named: format!("staff {}", member.login) }
    }
}
