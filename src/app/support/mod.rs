//! Mechanics that know no capability: batches of requests, tables, answers that take their time.

pub mod request_batcher;
pub mod row_refusal;
pub(super) mod steady_answer;
pub mod table;
