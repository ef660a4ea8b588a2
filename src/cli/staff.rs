//! `rastau staff`: who may sign in at the console.

use std::process::ExitCode;

use anyhow::anyhow;
use clap::Subcommand;
use serde_json::json;

use super::{Context, operating_user, print, print_json};
use crate::app::dual_control::alone::expect_alone;
use crate::app::staff::Asker;
use crate::app::staff::confirm::confirm_at_machine;
use crate::app::staff::list::{find_staff, list_staff};
use crate::app::staff::manage::{StaffChange, change_staff, invite_staff, join_link, reinvite_staff};
use crate::domain::dual_control::can_approve;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::staff::{Login, Role, StaffMember};
use crate::startup;

/// Invite compliance staff, and look after them
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add somebody and print the link by which they make their passkey: good for 72 hours, once
    #[command(after_long_help = "\
Roles: reviewer (says what attempts were), supervisor (the second pair of eyes), auditor (sees, does nothing),
operator_manager, administrator (staff, sources, keys). The first administrator invites the others at the console.
Whoever joins is confirmed by another of the staff, but for the first.

Examples:
  rastau staff invite aigerim --name 'Айгерім Әбілова' --role administrator
  rastau staff invite daniyar --name 'Данияр Ким' --role reviewer --role supervisor --json")]
    Invite {
        /// What they sign in with: a-z, 0-9, '.', '-', '_'
        login: Login,
        /// How others know them
        #[arg(long)]
        name: String,
        /// What they are there for; more than one may be said
        #[arg(long = "role", required = true, value_name = "ROLE")]
        roles: Vec<Role>,
        /// Invite who decides, approves or confirms without a second person, where the staff has some
        #[arg(long)]
        alone: bool,
        /// Print JSON instead of lines
        #[arg(long)]
        json: bool,
    },
    /// Invite somebody anew who lost their passkey: what they had is forgotten
    #[command(after_long_help = "Example:\n  rastau staff reinvite aigerim")]
    Reinvite {
        /// Their login
        login: Login,
        /// The same of who decides, approves or confirms
        #[arg(long)]
        alone: bool,
        /// Print JSON instead of lines
        #[arg(long)]
        json: bool,
    },
    /// Confirm somebody who has joined, where nobody else of the staff can: they read you the code that they see
    #[command(after_long_help = "\
Whoever joins by an invitation counts for nothing until another has made sure who they are, and has typed the code that
they see. At the console that is another than who asked for them. The first of the staff needs nobody; the second is confirmed
by the first. This command is for when there is nobody else: where there is, it refuses, unless --alone is said, which the
audit log keeps.

Examples:
  rastau staff confirm daniyar --code 1234-5678
  rastau staff confirm daniyar --code 1234-5678 --alone")]
    Confirm {
        /// Their login
        login: Login,
        /// The code that they see after they have joined or signed in
        #[arg(long)]
        code: String,
        /// Do it without the staff who could
        #[arg(long)]
        alone: bool,
    },
    /// List everybody
    #[command(after_long_help = "Examples:\n  rastau staff list\n  rastau staff list --json")]
    List {
        /// Print a JSON array instead of lines
        #[arg(long)]
        json: bool,
    },
    /// Change name or roles; they sign in anew
    #[command(after_long_help = "Example:\n  rastau staff change daniyar --role reviewer")]
    Change {
        /// Their login
        login: Login,
        /// How others know them
        #[arg(long)]
        name: Option<String>,
        /// What they are there for from now on, in place of before
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<Role>,
        /// Give a role that decides, approves or confirms without a second person, where the staff has some
        #[arg(long)]
        alone: bool,
    },
    /// Stop somebody: they are signed out everywhere and cannot come back
    #[command(after_long_help = "Example:\n  rastau staff disable daniyar")]
    Disable {
        /// Their login
        login: Login,
    },
    /// Let somebody in again who was stopped
    #[command(after_long_help = "Example:\n  rastau staff enable daniyar")]
    Enable {
        /// Their login
        login: Login,
        /// The same of who decides, approves or confirms
        #[arg(long)]
        alone: bool,
    },
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let store = startup::open_store(&config).await?;
    let store = store.as_ref();
    let (clock, randomness, user) = (startup::clock(), startup::randomness(), operating_user());
    let asker = |alone: bool| Asker::machine(&if alone { format!("{user}, alone") } else { user.clone() });
    let tools = (clock.as_ref(), randomness.as_ref());
    let change = async |login: &Login, change: StaffChange, alone: bool| -> anyhow::Result<()> {
        let known = find_staff(store, login).await?;
        let raises = known.is_some_and(|known| change.grants_approval(&known));
        expect_alone(store, clock.now(), alone || !raises).await?;
        let member = change_staff(store, clock.as_ref(), login, change, &asker(alone && raises)).await?;
        print(&line(&member))
    };
    match args.command {
        Command::Invite { login, name, roles, alone, json } => {
            let roles = roles.into_iter().collect();
            expect_alone(store, clock.now(), alone || !can_approve(&roles)).await?;
            let invited = invite_staff(store, tools, login, &name, roles, &asker(alone)).await?;
            tell(config.server.public_url.as_str(), &invited, json)?;
        }
        Command::Reinvite { login, alone, json } => {
            let eyes = find_staff(store, &login).await?.is_some_and(|known| can_approve(&known.roles));
            expect_alone(store, clock.now(), alone || !eyes).await?;
            let invited = reinvite_staff(store, tools, &login, &asker(alone)).await?;
            tell(config.server.public_url.as_str(), &invited, json)?;
        }
        Command::Confirm { login, code, alone } => {
            let by = (user.as_str(), alone);
            let confirmed = confirm_at_machine(store, clock.as_ref(), by, &login, &SecretText::new(code)).await?;
            print(&format!("confirmed: {}", line(&confirmed)))?;
        }
        Command::List { json } => {
            let all = list_staff(store).await?;
            if json {
                print_json(&all.iter().map(form).collect::<Vec<_>>())?;
            } else if all.is_empty() {
                print("nobody")?;
            } else {
                print(&all.iter().map(line).collect::<Vec<_>>().join("\n"))?;
            }
        }
        Command::Change { login, name, roles, alone } => {
            if name.is_none() && roles.is_empty() {
                return Err(anyhow!("nothing to change: say --name or --role"));
            }
            let roles = (!roles.is_empty()).then(|| roles.into_iter().collect());
            change(&login, StaffChange { name, roles, ..StaffChange::default() }, alone).await?;
        }
        Command::Disable { login } => {
            change(&login, StaffChange { disabled: Some(true), ..StaffChange::default() }, true).await?;
        }
        Command::Enable { login, alone } => {
            change(&login, StaffChange { disabled: Some(false), ..StaffChange::default() }, alone).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(public_url: &str, (member, invitation): &(StaffMember, SecretText), json: bool) -> anyhow::Result<()> {
    let link = join_link(public_url, invitation);
    if json {
        print_json(&json!({ "member": form(member), "link": link }))
    } else {
        print(&format!("{}\nhand this to them alone; it is good for 72 hours, once:\n{}", line(member), link.expose()))
    }
}

fn line(member: &StaffMember) -> String {
    let roles: Vec<&str> = member.roles.iter().map(|role| role.as_str()).collect();
    let stopped = member.disabled_at.map_or(String::new(), |at| format!("  stopped {}", at.rfc3339()));
    let waits = if member.confirmed_at.is_none() { "  not confirmed yet" } else { "" };
    format!("{:16}  {}  {}{waits}{stopped}", member.login.as_str(), roles.join(","), member.name)
}

fn form(member: &StaffMember) -> serde_json::Value {
    json!({
        "login": member.login, "name": member.name, "roles": member.roles, "added_at": member.added_at.rfc3339(),
        "disabled_at": member.disabled_at.map(Timestamp::rfc3339),
        "confirmed_at": member.confirmed_at.map(Timestamp::rfc3339),
    })
}
