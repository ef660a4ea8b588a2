//! Everything that strangers throw at the doors, at once: slow connections, floods of captures and rings at the staff's door.
//! A player elsewhere passes meanwhile, staff is let in, and the memory stays where it is.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rastau::cli::demo::camera::{Studio, clip};
use rastau::cli::demo::people::ASTRONAUT;
use rastau::cli::demo::player::{DemoPlayer, add_newcomer};
use rastau::workshop::person::VirtualPlayer;
use rastau::workshop::scene::puppet::Puppet;
use tokio::task::JoinSet;
use url::Url;

use super::Failure;
use super::floods::{self, Sent};
use super::household::Household;
use super::memory::{Sampling, resident};
use super::slow_clients::{self, CONNECTIONS};
use super::staff::Member;

const LENGTH: Duration = Duration::from_mins(2);
const FLOODS: usize = 12;
const RINGS: u64 = 100;
/// Of the player: an hour's tries are counted by address.
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 88));

/// A player whose visits are timed.
struct Other {
    base: Url,
    puppet: Arc<Puppet>,
    iin: String,
    visits: u64,
}

impl Other {
    /// One visit up to the end of the camera; what came of it and how long the capture took.
    async fn visit(&mut self) -> Result<(String, Duration), Failure> {
        self.visits += 1;
        let player = DemoPlayer::arrive_from(&self.base, ELSEWHERE).await?;
        player.consent().await?;
        player.identify(&self.iin).await?;
        let began = Instant::now();
        let captured = player.capture(&mut VirtualPlayer::new(self.puppet.clone(), self.visits)).await?;
        Ok((captured.result, began.elapsed()))
    }
}

pub(super) async fn lay(models: &Path) -> Result<(), Failure> {
    let household = Household::start(models).await?;
    let base = household.base.clone();
    let puppet = Studio::open(models)?.puppet(ASTRONAUT)?;
    let photo = puppet.id_photo()?;
    let face = clip(puppet.portrait())?.into_iter().next().ok_or("no frame")?;
    let mut iins = Vec::new();
    for _ in 0..=FLOODS {
        iins.push(add_newcomer(&base, "Somebody", "1990-01-01", &photo).await?);
    }
    let mut other = Other { base: base.clone(), puppet, iin: iins.pop().ok_or("nobody")?, visits: 0 };
    let mut member = Member::join(&household).await?;

    let (result, took) = other.visit().await?;
    let (known, new) = (member.sign_in(true).await?, member.sign_in(false).await?);
    println!(
        "alone: a capture {result} in {:.1} s; signing in {} ms, in a new browser {} ms",
        took.as_secs_f64(),
        ms(known),
        ms(new)
    );

    let before = resident(household.process())?;
    let sampling = Sampling::of(household.process());
    let until = Instant::now() + LENGTH;
    let sent = Arc::new(Sent::default());
    let mut floods = JoinSet::new();
    for iin in iins {
        floods.spawn(floods::captures(base.clone(), iin, face.clone(), until, sent.clone()));
    }
    let ringing = tokio::spawn(floods::rings(base.clone(), RINGS, until, sent.clone()));
    let origin = base.origin().ascii_serialization();
    let held = tokio::spawn(hold(household.address, origin, until));
    let health = tokio::spawn(look(base.clone(), until));

    let (mut visits, mut known, mut new) = (Vec::new(), Vec::new(), Vec::new());
    while Instant::now() < until {
        visits.push(other.visit().await);
        known.push(member.sign_in(true).await?);
        new.push(member.sign_in(false).await?);
    }
    floods.join_all().await;
    ringing.await??;
    let (opened, told, open, longest) = held.await??;
    let (asked, served, slowest) = health.await?;
    let memory = sampling.samples().await;

    println!(
        "\nfor {} s: {FLOODS} floods of captures from one address, {RINGS} rings a second, {CONNECTIONS} slow connections",
        LENGTH.as_secs()
    );
    let of = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
    println!(
        "sent: {} captures, {} frames; {} rings, {} of them slowed down",
        of(&sent.captures),
        of(&sent.frames),
        of(&sent.rings),
        of(&sent.rings_refused)
    );
    println!(
        "slow connections: {opened} opened, {told} answered 408, {open} still open after twice the time; the last gone after {longest:.1} s"
    );
    println!("health: {served} of {asked} served, slowest {:.0} ms", slowest.as_secs_f64() * 1e3);
    for visit in &visits {
        match visit {
            Ok((result, took)) => println!("a player elsewhere: {result} in {:.1} s", took.as_secs_f64()),
            Err(error) => println!("a player elsewhere: {error}"),
        }
    }
    let list = |all: &[Option<Duration>]| all.iter().map(|took| ms(*took)).collect::<Vec<_>>().join(", ");
    println!("staff in their own browser, ms: {}\nstaff in a new browser, ms: {}", list(&known), list(&new));
    let third = memory.len() / 3;
    let most = |part: &[u64]| part.iter().max().copied().unwrap_or(0) / 1_024;
    println!(
        "memory, MB: {} before; at most {} in the first third, {} in the second, {} in the last; {} after",
        before / 1_024,
        most(&memory[..third]),
        most(&memory[third..2 * third]),
        most(&memory[2 * third..]),
        resident(household.process())? / 1_024
    );
    Ok(())
}

fn ms(took: Option<Duration>) -> String {
    took.map_or("refused".to_owned(), |took| took.as_millis().to_string())
}

/// Slow connections, all of them again whenever the service has shut them; how many, how they ended, and the longest.
async fn hold(
    address: std::net::SocketAddr,
    origin: String,
    until: Instant,
) -> Result<(usize, usize, usize, f64), Failure> {
    let mut ends = Vec::new();
    while Instant::now() < until {
        ends.extend(slow_clients::open(address, &origin).await?.join_all().await);
    }
    let longest = ends.iter().map(|end| end.after.as_secs_f64()).fold(0.0, f64::max);
    let told = ends.iter().filter(|end| end.told).count();
    Ok((ends.len(), told, ends.iter().filter(|end| !end.closed).count(), longest))
}

/// Asks ten times a second whether it lives: how often, how often it said so within a second, and the slowest.
async fn look(base: Url, until: Instant) -> (usize, usize, Duration) {
    let (mut asked, mut served, mut slowest) = (0, 0, Duration::ZERO);
    while Instant::now() < until {
        let began = Instant::now();
        let answer = reqwest::get(format!("{base}health/live")).await;
        let took = began.elapsed();
        asked += 1;
        served += usize::from(answer.is_ok_and(|answer| answer.status() == 200) && took < Duration::from_secs(1));
        slowest = slowest.max(took);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    (asked, served, slowest)
}
