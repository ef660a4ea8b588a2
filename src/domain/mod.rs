//! Pure rules: no input or output, no framework, no clock of its own.
//!
//! Everything here is true with the network cable pulled. What a rule needs from outside it takes as a parameter or
//! asks of a [port](ports).

pub mod access_token;
pub mod audit;
pub mod audit_tree;
pub mod authorization;
pub mod calibration;
pub mod capture;
pub mod case_work;
pub mod check;
pub mod comparison;
pub mod confirmation;
pub mod contact;
pub mod contact_code;
pub mod enrolment;
pub mod error_rates;
pub mod evidence;
pub mod face_lockout;
pub mod face_quality;
pub mod face_search;
pub mod face_step;
pub mod grant;
pub mod id;
pub mod id_token;
pub mod idempotency;
pub mod liveness;
pub mod locale;
pub mod measure;
pub mod notice;
pub mod operator;
pub mod outbox;
pub mod person;
pub mod ports;
pub mod proof_nonce;
pub mod reason;
pub mod recovery;
pub mod restrictions;
pub mod review;
pub mod sandbox_clock;
pub mod sandbox_scenario;
pub mod scope;
pub mod second_factor;
pub mod secret;
pub mod self_restriction;
pub mod staff;
pub mod status_list;
pub mod time;
pub mod tries;
pub mod unseen;
pub mod verification;
pub mod webhook;
pub mod written_iin;
