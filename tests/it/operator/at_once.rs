//! One and the same thing shown many times at the same moment, to a service that answers on several threads.

use std::net::SocketAddr;

use reqwest::Client as Http;
use serde_json::Value;

use super::client::Client;
use super::forms::{Fields, assertion_fields, grant_fields, refresh_fields, request_fields};
use super::over_the_wire::serve;
use super::world::World;

const PAR: &str = "/oauth2/par";
const TOKEN: &str = "/oauth2/token";

/// A service, and its operators.
struct Served {
    world: World,
    address: SocketAddr,
    http: Http,
}

type Answer = (u16, Value);

impl Served {
    async fn production() -> Self {
        let world = World::production().await;
        world.allow().await;
        let address = serve(&world);
        // A connection of its own for each: nothing waits in one for another.
        let http = Http::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        Self { world, address, http }
    }

    async fn post(&self, path: &str, fields: &Fields, proof: Option<String>) -> Answer {
        let request = self.http.post(format!("http://{}{path}", self.address)).form(fields);
        let request = proof.into_iter().fold(request, |request, proof| request.header("DPoP", proof));
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// The same as `client`, by an assertion of its own.
    async fn post_as(&self, client: &Client, path: &str, mut fields: Fields, proof: Option<String>) -> Answer {
        fields.extend(client.credentials(self.world.now()));
        self.post(path, &fields, proof).await
    }

    fn proof(&self, path: &str) -> String {
        self.world.bet.proof(&self.world.proof_claims(path))
    }

    async fn tokens(&self, fields: Fields) -> Answer {
        self.post_as(&self.world.bet, TOKEN, fields, Some(self.proof(TOKEN))).await
    }

    async fn is_active(&self, tokens: &Value) -> bool {
        let token = vec![("token", tokens["access_token"].as_str().unwrap().to_owned())];
        self.post_as(&self.world.bet, "/oauth2/introspect", token, None).await.1["active"] == true
    }
}

/// How many were answered by this status; every other one was refused by `refused`.
fn of_status(answers: &[Answer], status: u16, refused: (u16, &str)) -> usize {
    for (other, body) in answers.iter().filter(|(answered, _)| *answered != status) {
        assert_eq!((*other, body["error"].as_str().unwrap_or_default()), refused, "{body}");
    }
    answers.iter().filter(|(answered, _)| *answered == status).count()
}

#[actix_web::test]
async fn of_twenty_who_show_one_assertion_one_is_the_operator() {
    let served = Served::production().await;
    let assertion = served.world.bet.sign(&served.world.bet.claims(served.world.now()));
    let mut fields = request_fields();
    fields.extend(assertion_fields(assertion));
    let answers = futures_util::future::join_all((0..20).map(|_| served.post(PAR, &fields, None))).await;
    assert_eq!(of_status(&answers, 201, (401, "invalid_client")), 1, "{answers:?}");
}

#[actix_web::test]
async fn of_twelve_who_show_one_proof_one_holds_the_key() {
    let served = Served::production().await;
    let proof = served.proof(PAR);
    let ask = |_| served.post_as(&served.world.bet, PAR, request_fields(), Some(proof.clone()));
    let answers = futures_util::future::join_all((0..12).map(ask)).await;
    assert_eq!(of_status(&answers, 201, (400, "invalid_dpop_proof")), 1, "{answers:?}");
}

#[actix_web::test]
async fn of_ten_who_show_one_code_one_is_served_and_what_it_got_ends() {
    let served = Served::production().await;
    let code = served.world.code(&served.world.bet).await;
    let answers = futures_util::future::join_all((0..10).map(|_| served.tokens(grant_fields(&code)))).await;
    assert_eq!(of_status(&answers, 200, (400, "invalid_grant")), 1, "{answers:?}");
    let (_, tokens) = answers.iter().find(|(status, _)| *status == 200).unwrap();
    assert!(!served.is_active(tokens).await, "somebody else holds the code, too");
    let refreshed = served.tokens(refresh_fields(tokens["refresh_token"].as_str().unwrap())).await;
    assert_eq!((refreshed.0, refreshed.1["error"].as_str()), (400, Some("invalid_grant")));
}

#[actix_web::test]
async fn ten_who_renew_by_one_token_are_one_family_and_end_together() {
    let served = Served::production().await;
    let code = served.world.code(&served.world.bet).await;
    let (_, first) = served.tokens(grant_fields(&code)).await;
    let refresh = first["refresh_token"].as_str().unwrap();
    let answers = futures_util::future::join_all((0..10).map(|_| served.tokens(refresh_fields(refresh)))).await;
    assert_eq!(of_status(&answers, 200, (400, "invalid_grant")), 10, "{answers:?}");
    for (_, tokens) in &answers {
        assert!(served.is_active(tokens).await);
    }
    // A stranger's try beside them does nothing, and one token that is given back ends all.
    let foreign = served.world.other.proof(&served.world.proof_claims(TOKEN));
    let (status, stolen) = served.post_as(&served.world.other, TOKEN, refresh_fields(refresh), Some(foreign)).await;
    assert_eq!((status, stolen["error"].as_str()), (400, Some("invalid_grant")));
    assert!(served.is_active(&answers[0].1).await);
    let given_back = vec![("token", answers[3].1["access_token"].as_str().unwrap().to_owned())];
    served.post_as(&served.world.bet, "/oauth2/revoke", given_back, None).await;
    for (_, tokens) in &answers {
        assert!(!served.is_active(tokens).await);
    }
}
