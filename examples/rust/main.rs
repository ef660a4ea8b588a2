//! An operator that asks Rastau before anybody plays, in Rust. It prints where the player's browser is to go, reads the address
//! that it came back to, and then checks, renews and gives back.
//!
//!     cargo run --example operator -- --issuer http://localhost:8080/sandbox --client-id example-bet \
//!         --redirect-uri http://localhost:3000/callback --key examples/node/private.jwk.json

mod keys;
mod operator;
mod token;

use std::io::BufRead;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use serde_json::{Value, json};

use operator::{Finished, Operator};

/// The status list follows within seconds.
const LIST_PATIENCE: Duration = Duration::from_secs(10);

#[derive(Parser)]
#[command(about = "An operator that asks Rastau before anybody plays")]
struct Options {
    #[arg(long, default_value = "http://localhost:8080/sandbox")]
    issuer: String,
    #[arg(long, default_value = "example-bet")]
    client_id: String,
    #[arg(long, default_value = "http://localhost:3000/callback")]
    redirect_uri: String,
    /// Private key, as a JWK
    #[arg(long, default_value = "private.jwk.json")]
    key: PathBuf,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let jwk = std::fs::read(&options.key).with_context(|| format!("cannot read {}", options.key.display()))?;
    let key = keys::SigningKey::from_jwk(&jwk)?;
    let mut operator = Operator::connect(&options.issuer, &options.client_id, &options.redirect_uri, key).await?;

    let (address, visit) = operator.begin().await?;
    println!("{address}");
    let mut back = String::new();
    std::io::stdin().lock().read_line(&mut back)?;
    println!("{}", play(&mut operator, back.trim(), &visit).await?);
    Ok(())
}

/// The whole way, once. What came of it.
async fn play(operator: &mut Operator, back: &str, visit: &operator::Visit) -> Result<Value> {
    let Finished::Playing(first) = operator.finish(back, visit).await? else {
        return Ok(json!({ "playing": false }));
    };
    let claims = operator.verify(&first.access_token).await?;
    ensure!(!operator.has_ended(&claims).await?, "the status list says that the token has ended");
    let standing = operator.introspect(&first.access_token).await?;

    let second = operator.renew(&first.refresh_token).await?;
    let renewed = operator.verify(&second.access_token).await?;
    ensure!(renewed.sub == claims.sub, "the renewed token is of another player");

    operator.give_back(&second.refresh_token).await?;
    let stands = operator.introspect(&second.access_token).await?;
    let ended = listed_as_ended(operator, &renewed).await?;
    Ok(json!({ "playing": true, "standing": standing, "renewed": true, "ended": !stands, "listed": ended }))
}

async fn listed_as_ended(operator: &Operator, claims: &token::Claims) -> Result<bool> {
    let asking = async {
        while !operator.has_ended(claims).await? {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        Ok(true)
    };
    tokio::time::timeout(LIST_PATIENCE, asking).await.unwrap_or(Ok(false))
}
