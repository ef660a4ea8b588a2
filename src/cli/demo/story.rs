//! The story, played once and told as it happens: one player who may play, one who may not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::Value;
use url::Url;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use super::player::{DemoPlayer, add_newcomer, remove_newcomer};
use crate::workshop::person::VirtualPlayer;
use crate::workshop::scene::puppet::Puppet;

/// How the story's person moves.
const SEED: u64 = 7;

/// What the story needs: a person, their ID photo, and the IIN of one who is restricted.
pub(super) struct Cast<'a> {
    pub(super) puppet: &'a Arc<Puppet>,
    pub(super) id_photo: &'a [u8],
    pub(super) restricted_iin: &'a str,
}

/// Prints steps with the time that each took.
struct Teller {
    since: Instant,
}

impl Teller {
    fn step(&mut self, what: &str) {
        println!("  {:>6} ms  {what}", self.since.elapsed().as_millis());
        self.since = Instant::now();
    }
}

/// Plays both visits; fails when either does not end as it must.
pub(super) async fn play(base: &Url, cast: &Cast<'_>) -> Result<()> {
    println!("\nA player who may play");
    let mut teller = Teller { since: Instant::now() };
    let iin = add_newcomer(base, "Story Player", "1990-01-01", cast.id_photo).await?;
    teller.step("a made-up person joins the register with an ID photo");
    let player = DemoPlayer::arrive(base).await?;
    teller.step("the operator pushes its request; the player's browser arrives");
    walk_to_second_factor(&player, &iin, cast.puppet, &mut teller).await?;
    prove_contact(&player, &iin, &mut teller).await?;
    let codes = player.enrol_passkey(&mut SoftPasskey::new(true)).await?;
    teller.step(&format!("a software passkey is made and shown; {codes} recovery codes"));
    let view = player.view().await?;
    ensure!(view["outcome"]["result"] == "approved", "the player was not approved: {view}");
    teller.step("no restriction, of age: approved");
    let visit = player.go_back().await?;
    ensure!(visit["introspection"]["active"] == true, "the token is not active: {visit}");
    teller.step("the operator exchanged the code for a token and introspected it");
    println!("\nWhat the operator holds: the token's claims");
    print_indented(&visit["claims"]);
    println!("What introspection says of it");
    print_indented(&visit["introspection"]);
    remove_newcomer(base, &iin).await?;

    println!("\nA player who may not: a restriction holds");
    let player = DemoPlayer::arrive(base).await?;
    teller.since = Instant::now();
    walk_to_second_factor(&player, cast.restricted_iin, cast.puppet, &mut teller).await?;
    prove_contact(&player, cast.restricted_iin, &mut teller).await?;
    finish_restricted(&player, &mut teller).await
}

async fn walk_to_second_factor(
    player: &DemoPlayer,
    iin: &str,
    puppet: &Arc<Puppet>,
    teller: &mut Teller,
) -> Result<()> {
    player.consent().await?;
    teller.step("consent is given");
    player.identify(iin).await?;
    teller.step("the IIN is known to the population register");
    let captured = player.capture(&mut VirtualPlayer::new(puppet.clone(), SEED)).await?;
    let hints = captured.hints.join(", ");
    ensure!(captured.result == "passed", "the face step ended with {:?} ({hints})", captured.result);
    teller.step(&format!(
        "{} camera frames under {}; a live face, and the one on the ID photo",
        captured.frames,
        captured.shown.join(", ")
    ));
    Ok(())
}

/// A face is no secret: before a first factor is bound to a person, a code goes to a contact that the state has on record.
async fn prove_contact(player: &DemoPlayer, iin: &str, teller: &mut Teller) -> Result<()> {
    if let Some(masked) = player.prove_contact(iin).await? {
        teller.step(&format!("a code went to {masked}, the contact on record, and came back"));
    }
    Ok(())
}

async fn finish_restricted(player: &DemoPlayer, teller: &mut Teller) -> Result<()> {
    player.enrol_passkey(&mut SoftPasskey::new(true)).await?;
    teller.step("a software passkey is made and shown");
    let view = player.view().await?;
    ensure!(view["outcome"]["result"] == "refused", "a restricted person was not refused: {view}");
    teller.step("refused; the player alone is told why:");
    for reason in view["outcome"]["reasons"].as_array().into_iter().flatten() {
        println!("             {}", reason["text"].as_str().unwrap_or_default());
    }
    let visit = player.go_back().await?;
    ensure!(visit["status"] == "denied", "the operator was not denied: {visit}");
    teller.step("the operator is told access_denied, and no ground");
    Ok(())
}

/// Waits until the service answers.
pub(super) async fn wait_until_ready(base: &Url) -> Result<()> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    let ready = base.join("health/ready")?;
    for _ in 0..100 {
        if http.get(ready.clone()).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("the service did not become ready")
}

fn print_indented(value: &Value) {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    for line in text.lines() {
        println!("    {line}");
    }
}
