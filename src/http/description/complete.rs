//! What belongs into the description and cannot be said at a handler: headers that a status brings, doors that need no proof,
//! messages that we send.

use serde_json::{Map, Value, json};

use crate::domain::webhooks::event::EventKind;

/// Endpoints whose every answer brings the nonce for the next DPoP proof.
const WITH_NONCE: [&str; 3] = ["/oauth2/par", "/oauth2/token", "/oauth2/userinfo"];
const METADATA: &str = "/.well-known/oauth-authorization-server";

/// Completes the description of a service with this issuer's path ("" where it has none).
pub(super) fn complete(document: &mut Value, issuer_path: &str) {
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, methods) in paths.iter_mut() {
            let operations = methods.as_object_mut().into_iter().flat_map(Map::values_mut);
            operations.filter_map(Value::as_object_mut).for_each(|operation| complete_operation(path, operation));
        }
        // RFC 8414 section 3.1: an issuer's path stands behind the well-known name.
        if !issuer_path.is_empty()
            && let Some(metadata) = paths.remove(METADATA)
        {
            paths.insert(format!("{METADATA}/{issuer_path}"), metadata);
        }
    }
    // A page that shows the description asks there.
    if !issuer_path.is_empty() {
        let place = format!("/{issuer_path}/.well-known/openid-configuration");
        document["components"]["securitySchemes"]["clientAssertion"]["openIdConnectUrl"] = json!(place);
    }
    document["webhooks"] = webhooks();
}

fn complete_operation(path: &str, operation: &mut Map<String, Value>) {
    operation.entry("security").or_insert_with(|| json!([]));
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
    for (status, response) in responses.into_iter().flatten() {
        let mut headers = Map::new();
        match status.as_str() {
            "401" => header(&mut headers, "WWW-Authenticate", "How callers prove themselves here (RFC 9110)", "string"),
            "429" | "503" => header(&mut headers, "Retry-After", "Seconds until it is worth another try", "integer"),
            _ => {}
        }
        if WITH_NONCE.contains(&path) {
            header(&mut headers, "DPoP-Nonce", "Of the next DPoP proof (RFC 9449 section 8.2)", "string");
        }
        if response["content"].get("application/problem+json").is_some() {
            header(&mut headers, "Content-Language", "Of `detail`: kk, ru or en, by `Accept-Language`", "string");
        }
        if !headers.is_empty() {
            response["headers"] = Value::Object(headers);
        }
    }
}

fn header(headers: &mut Map<String, Value>, name: &str, says: &str, kind: &str) {
    headers.insert(name.to_owned(), json!({ "description": says, "schema": { "type": kind } }));
}

/// OpenAPI 3.1: a request for each kind of message (Standard Webhooks).
fn webhooks() -> Value {
    let signed = |name: &str, says: &str| json!({ "name": name, "in": "header", "required": true, "description": says, "schema": { "type": "string" } });
    let headers = json!([
        signed("webhook-id", "The same at every try"),
        signed("webhook-timestamp", "Seconds"),
        signed(
            "webhook-signature",
            "`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`; two while a secret is replaced"
        ),
    ]);
    let message = |kind: EventKind| {
        let members = members(kind);
        let properties: Map<String, Value> =
            members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
        // `state` is there where the request had one.
        let required: Vec<&str> = members.iter().map(|(name, _)| *name).filter(|name| *name != "state").collect();
        json!({ "post": {
            "operationId": format!("on.{}", kind.as_str()),
            "tags": ["operators"],
            "summary": says(kind),
            "description": "At least once, in no order, to the URL that is registered; until it is answered.",
            "security": [],
            "parameters": headers,
            "requestBody": { "required": true, "content": { "application/json": { "schema": {
                "type": "object",
                "required": ["type", "timestamp", "data"],
                "properties": {
                    "type": { "const": kind.as_str() },
                    "timestamp": { "type": "string", "format": "date-time" },
                    "data": { "type": "object", "required": required, "properties": properties },
                },
            } } } },
            "responses": {
                "204": { "description": "Taken; any 2xx will do, within 15 seconds" },
                "410": { "description": "Never again: the endpoint is disabled" },
            },
        } })
    };
    let each: Map<String, Value> =
        EventKind::ALL.into_iter().map(|kind| (kind.as_str().to_owned(), message(kind))).collect();
    Value::Object(each)
}

fn members(kind: EventKind) -> Vec<(&'static str, Value)> {
    let verification = || ("verification", json!({ "type": "string", "format": "uuid" }));
    let state = || ("state", json!({ "type": "string", "description": "Of the request, where it had one" }));
    let sub = || ("sub", json!({ "type": "string", "description": "The player, as you know them" }));
    match kind {
        EventKind::VerificationCompleted => vec![verification(), state(), sub()],
        EventKind::VerificationFailed | EventKind::VerificationUnderReview | EventKind::VerificationReopened => {
            vec![verification(), state()]
        }
        EventKind::TokenRevoked => vec![verification(), sub()],
        EventKind::PlayerRestricted => vec![sub()],
        EventKind::RegistrationChanged | EventKind::Test => Vec::new(),
    }
}

fn says(kind: EventKind) -> &'static str {
    match kind {
        EventKind::VerificationCompleted => "A verification was approved",
        EventKind::VerificationFailed => "A verification was not approved",
        EventKind::VerificationUnderReview => "A person looks at a verification",
        EventKind::VerificationReopened => "A refusal was wrong",
        EventKind::TokenRevoked => "An access token ended before its time",
        EventKind::PlayerRestricted => "A player may play no longer",
        EventKind::RegistrationChanged => "Of your own registration something was changed",
        EventKind::Test => "Somebody tries the endpoint out",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::id::VerificationId;
    use crate::domain::kernel::time::Timestamp;
    use crate::domain::webhooks::event::WebhookEvent;
    use uuid::Uuid;

    #[test]
    fn messages_are_described_as_they_are_sent() {
        let id = VerificationId::from(Uuid::nil());
        let (state, sub) = (Some("s".to_owned()), "sub".to_owned());
        for event in [
            WebhookEvent::verification_completed(id, state.clone(), sub.clone()),
            WebhookEvent::verification_failed(id, state.clone()),
            WebhookEvent::verification_under_review(id, state.clone()),
            WebhookEvent::verification_reopened(id, state),
            WebhookEvent::token_revoked(id, sub.clone()),
            WebhookEvent::player_restricted(sub),
            WebhookEvent::registration_changed(),
            WebhookEvent::test(),
        ] {
            let sent: Value = serde_json::from_str(&event.payload(Timestamp::from_seconds(0))).unwrap();
            let mut names: Vec<_> = sent["data"].as_object().unwrap().keys().map(String::as_str).collect();
            let mut described: Vec<_> = members(event.kind()).into_iter().map(|(name, _)| name).collect();
            names.sort_unstable();
            described.sort_unstable();
            assert_eq!(names, described, "{:?}", event.kind());
        }
    }
}
