//! Statements of ours, read by public keys alone: what somebody does who was given one and has no service.

use jsonwebtoken::Algorithm;
use serde_json::Value;

use super::{install_provider, jws, public_keys};
use crate::domain::oauth::credentials::{Statement, StatementReader};

/// Of several megabytes of files a manifest names each by some hundred bytes; nothing longer is looked at.
const MAX_LENGTH: usize = 1024 * 1024;

/// Reads what [`JoseSigner`](super::JoseSigner) states.
#[derive(Clone, Copy, Debug, Default)]
pub struct StatementJose;

impl StatementReader for StatementJose {
    fn read(&self, statement: Statement, token: &str, jwks: &str) -> Option<Value> {
        if token.len() > MAX_LENGTH {
            return None;
        }
        let header = jws::header(token)?;
        let typed = header.typ.as_deref() == Some(statement.media_type());
        // It must name its key: of two keys the other one would do as well.
        let kid = header.kid.filter(|_| typed && header.alg == Algorithm::ES256 && header.crit.is_none())?;
        install_provider();
        let key = public_keys::choose(jwks, Some(&kid), Algorithm::ES256).ok()?;
        jws::claims(token, &key, Algorithm::ES256)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{JoseSigner, generate_es256};
    use super::*;
    use crate::domain::oauth::credentials::TokenSigner as _;
    use serde_json::json;

    #[test]
    fn a_statement_reads_by_its_keys_and_as_what_it_is() {
        let signer = JoseSigner::new("https://a.example", &[generate_es256().unwrap()]).unwrap();
        let other = JoseSigner::new("https://a.example", &[generate_es256().unwrap()]).unwrap();
        let claims = json!({ "size": 3 });
        let token = signer.state(Statement::AuditCheckpoint, &claims).unwrap();
        let (ours, theirs) = (signer.jwks().to_string(), other.jwks().to_string());
        let read = |statement, token: &str, keys: &str| StatementJose.read(statement, token, keys);
        assert_eq!(read(Statement::AuditCheckpoint, &token, &ours), Some(claims));
        assert_eq!(read(Statement::EvidenceBundle, &token, &ours), None, "another kind");
        assert_eq!(read(Statement::AuditCheckpoint, &token, &theirs), None, "another key");
        assert_eq!(read(Statement::AuditCheckpoint, &token, "{}"), None);
        let changed = format!("{}x", token.strip_suffix(|_: char| true).unwrap());
        assert_eq!(read(Statement::AuditCheckpoint, &changed, &ours), None);
        for nonsense in ["", "a.b.c", "....", &"a".repeat(MAX_LENGTH + 1)] {
            assert_eq!(read(Statement::AuditCheckpoint, nonsense, &ours), None);
        }
    }
}
