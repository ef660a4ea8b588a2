//! A line of JSON Lines and its members. What is wrong is told by member and place; nothing of a value is ever repeated.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use super::{COLUMNS, OP};
use crate::app::support::row_refusal::{RowFault, RowRefusal};
use crate::app::support::table::Value;
use crate::domain::identity::written_iin::WrittenIinError;

/// Members in the order of [`COLUMNS`], and [`OP`] behind them.
const MEMBERS: usize = COLUMNS.len() + 1;
/// The one that may be null.
const ENDS_AT: usize = 4;

/// The values of a line; those of members that are not there are empty.
pub(in crate::app) fn read(line: u64, text: &str) -> Result<[Value; MEMBERS], RowRefusal> {
    let whole = |fault: RowFault| RowRefusal { line, column: None, fault };
    // Else the parser's own words would quote what stands in its place.
    if !text.trim_start().starts_with('{') {
        return Err(whole(RowFault::Json { at: 1, problem: "the line is no JSON object".to_owned() }));
    }
    let members: Members = serde_json::from_str(text).map_err(|error| whole(json(&error)))?;
    let mut values = <[Value; MEMBERS]>::default();
    for (place, member) in members.0.into_iter().enumerate() {
        let name = if place < COLUMNS.len() { COLUMNS[place] } else { OP };
        let fault = match member {
            None => continue,
            Some(Member::Text(text)) => {
                values[place] = Value::of_text(text);
                continue;
            }
            Some(Member::Null) if place == ENDS_AT => continue,
            // Whether a whole number is an IIN, its digits say.
            Some(Member::Whole(number)) if place == 0 => {
                values[place] = Value::of_number(number.to_string());
                continue;
            }
            Some(Member::Number) if place == 0 => RowFault::Iin(WrittenIinError::Inexact),
            Some(other) => RowFault::NotText(other.kind()),
        };
        return Err(fault.at(line, name));
    }
    Ok(values)
}

fn json(error: &serde_json::Error) -> RowFault {
    let at = error.column();
    let problem = match error.classify() {
        // These are about the grammar, and the members' own are written below.
        Category::Syntax | Category::Eof | Category::Data => {
            let words = error.to_string();
            words.rsplit_once(" at line ").map_or(words.clone(), |(problem, _)| problem.to_owned())
        }
        Category::Io => "the line cannot be read".to_owned(),
    };
    RowFault::Json { at, problem }
}

/// What a member holds.
enum Member {
    Text(String),
    Whole(u64),
    /// With a sign, a fraction or an exponent.
    Number,
    YesOrNo,
    Null,
    List,
    Object,
}

impl Member {
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Whole(_) | Self::Number => "a number",
            Self::YesOrNo => "true or false",
            Self::Null => "null",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}

struct Members([Option<Member>; MEMBERS]);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members(Default::default());
        while let Some(name) = map.next_key::<String>()? {
            let names = || COLUMNS.iter().chain([&OP]);
            let Some(place) = names().position(|known| *known == name) else {
                let known: Vec<&str> = names().copied().collect();
                return Err(de::Error::custom(format_args!("a member is none of {}", known.join(", "))));
            };
            if members.0[place].is_some() {
                let known = names().nth(place).copied().unwrap_or_default();
                return Err(de::Error::custom(format_args!("the member {known} stands there twice")));
            }
            members.0[place] = Some(map.next_value()?);
        }
        for (place, needed) in [(0, COLUMNS[0]), (5, COLUMNS[5])] {
            if members.0[place].is_none() {
                return Err(de::Error::custom(format_args!("the member {needed} is missing")));
            }
        }
        Ok(members)
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MemberVisitor)
    }
}

struct MemberVisitor;

impl<'de> Visitor<'de> for MemberVisitor {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Member, E> {
        Ok(Member::Text(text.to_owned()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Member, E> {
        Ok(Member::Whole(number))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Member, E> {
        Ok(Member::Number)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Member, E> {
        Ok(Member::Number)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Member, E> {
        Ok(Member::YesOrNo)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Member, E> {
        Ok(Member::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Member, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Member::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Member, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Member::Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The column, the code and the sentence.
    fn told(text: &str) -> (Option<&'static str>, &'static str, String) {
        let refusal = read(7, text).err().unwrap();
        assert_eq!(refusal.line, 7);
        (refusal.column, refusal.fault.code(), refusal.fault.to_string())
    }

    #[test]
    fn a_member_that_is_no_text_is_named() {
        let line = |member: &str, value: &str| {
            let others = COLUMNS.iter().filter(|name| **name != member).map(|name| format!("\"{name}\":\"x\","));
            format!("{{{}\"{member}\":{value}}}", others.collect::<String>())
        };
        for (member, value, kind) in [
            ("source_key", "17", "a number"),
            ("ground", "null", "null"),
            ("legal_basis", "[\"900101300017\"]", "a list"),
            ("starts_at", "{\"900101300017\":1}", "an object"),
            ("iin", "true", "true or false"),
            ("iin", "null", "null"),
            ("op", "null", "null"),
        ] {
            let (column, code, sentence) = told(&line(member, value));
            assert_eq!((column, code), (Some(member), "value_not_text"));
            assert!(sentence.contains(kind), "{sentence}");
        }
        for inexact in ["900101300017.0", "9.00101300017e11", "-1"] {
            assert_eq!(told(&line("iin", inexact)).1, "iin_inexact");
        }
        let read = read(1, &line("iin", "50315570005")).ok().unwrap();
        assert_eq!(read[0].text, "50315570005");
        assert_eq!(read[0].written(), crate::domain::identity::written_iin::Written::Number);
        assert!(super::read(1, &line("ends_at", "null")).ok().unwrap()[4].text.is_empty());
    }

    #[test]
    fn what_is_wrong_with_a_line_is_told_with_its_place() {
        let at = |text: &str| told(text).2;
        assert_eq!(
            at(r#"{"iin":"900101300017" "source_key":"1"}"#),
            "expected `,` or `}`, at character 23 of the line"
        );
        assert_eq!(at(r#"{"iin":"900101300017","#), "EOF while parsing a value, at character 22 of the line");
        assert_eq!(at(r#"{"iin":"1","iin":"2"}"#), "the member iin stands there twice, at character 16 of the line");
        assert_eq!(at(r#"{"iin":"1"}"#), "the member source_key is missing, at character 11 of the line");
        assert!(at(r#"{"iin":"1","source_key":"1","900101300017":1}"#).starts_with("a member is none of iin, "));
        assert_eq!(at("[1]"), "the line is no JSON object, at character 1 of the line");
        assert_eq!(at(r#""900101300017""#), "the line is no JSON object, at character 1 of the line");
    }

    proptest! {
        #[test]
        fn no_digit_of_a_person_is_repeated(
            before in "[\\[{}:,\" a-z]{0,12}", after in "[\\[{}:,\" a-z0]{0,12}", in_object: bool,
        ) {
            let text = format!("{}{before}900101300017{after}", if in_object { "{\"iin\":" } else { "" });
            if let Err(refusal) = read(1, &text) {
                prop_assert!(!refusal.fault.to_string().contains("900101300017"));
            }
        }
    }
}
