//! What an operator may ask for (RFC 6749 section 3.3).

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing that may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// That a player is verified, and tokens while they may play.
    Play,
    /// To ask whether a player may play before it lets them in.
    CheckLogin,
    /// To ask before it takes a bet.
    CheckBet,
    /// To ask before it sends advertising.
    CheckMarketing,
}

impl Scope {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Play, Self::CheckLogin, Self::CheckBet, Self::CheckMarketing];

    /// As the protocol writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Play => "play",
            Self::CheckLogin => "check:login",
            Self::CheckBet => "check:bet",
            Self::CheckMarketing => "check:marketing",
        }
    }

    /// The scope of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// Scopes in their order, each once; none is a set, too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// What an operator may ask for unless it was given more or less.
    pub fn usual() -> Self {
        Self([Scope::Play].into())
    }

    /// Scopes separated by single blanks, as the parameter `scope` has them; "" is none. None where one is unknown or twice.
    pub fn parse(text: &str) -> Option<Self> {
        let mut scopes = BTreeSet::new();
        let known =
            text.is_empty() || text.split(' ').all(|name| Scope::parse(name).is_some_and(|one| scopes.insert(one)));
        known.then_some(Self(scopes))
    }

    /// Whether each of these is one of `others`.
    pub fn are_among(&self, others: &Self) -> bool {
        self.0.is_subset(&others.0)
    }

    /// Whether `scope` is one of them.
    pub fn contain(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Each, in order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl TryFrom<String> for Scopes {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} are no scopes"))
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.to_string()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().map(Scope::as_str).collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_they_are_written() {
        for scopes in [Scopes::default(), Scopes::usual(), Scope::ALL.into_iter().collect()] {
            assert_eq!(Scopes::parse(&scopes.to_string()), Some(scopes));
        }
        assert!(Scopes::usual().contain(Scope::Play) && !Scopes::default().contain(Scope::Play));
        for wrong in ["openid", "play openid", "play play", " play", "play ", "Play", " "] {
            assert_eq!(Scopes::parse(wrong), None, "{wrong:?}");
        }
    }
}
