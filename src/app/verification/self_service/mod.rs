//! What a person does about themselves once they have shown who they are.

pub mod contest;
pub mod enquiries;
pub mod restrict;
pub mod take_back;
pub mod take_back_self;
