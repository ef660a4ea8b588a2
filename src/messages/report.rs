//! The report of a case as a page that people read: no script, nothing fetched from elsewhere, every code in words and
//! every time by the clock of Almaty.

mod page;
mod words;

use super::Locale;
use super::own_sources::{legal_basis, source_name};
use crate::domain::face::liveness::cues::CueResult;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;
use crate::domain::review::evidence::report::{DecisionPart, Report};
use page::Page;
use words::{almaty, label, word};

/// The whole page, in the reader's language.
pub fn report_page(report: &Report, locale: Locale) -> String {
    let say = |code| label(code, locale);
    let mut page = Page::begin(say("title"), locale);
    if report.sandbox {
        page.note(say("sandbox"));
    }
    if let Some(at) = &report.erased_at {
        page.note(&format!("{}: {}", say("erased"), almaty(at)));
    }
    if let Some(at) = &report.held_since {
        page.note(&format!("{}: {}", say("held"), almaty(at)));
    }
    page.small(say("times"));
    attempt(&mut page, report);
    pictures(&mut page, report);
    measured(&mut page, report);
    outcome(&mut page, report);
    decisions(&mut page, report);
    models(&mut page, report);
    page.note(say("proof"));
    page.finish()
}

fn attempt(page: &mut Page, report: &Report) {
    page.open("who");
    if let Some(person) = &report.person {
        page.row("iin", person.iin.expose());
        page.maybe("name", person.name.as_ref().map(SecretText::expose));
    }
    page.row("case", &report.case);
    page.row("verification", &report.verification);
    let name = report.operator_name.as_ref().map_or(String::new(), |name| format!("{name}, "));
    page.row("operator", &format!("{name}{}", report.operator));
    page.time("started_at", report.started_at.as_deref());
    let version = report.consent_version.as_deref().unwrap_or_default();
    let consent = report.consent_at.as_ref().map(|at| format!("{} ({version})", almaty(at)));
    page.maybe("consent", consent.as_deref());
    page.time("opened_at", Some(&report.opened_at));
    page.time("decided_at", report.decided_at.as_deref());
    page.row("captures", &report.captures.to_string());
    page.close();
}

fn outcome(page: &mut Page, report: &Report) {
    let locale = page.locale;
    let named = |reason: &ReasonCode| format!("{} ({})", word("reason", reason.code(), locale), reason.code());
    page.open("outcome");
    page.maybe("second_factor", report.second_factor.as_deref().map(|factor| word("factor", factor, locale)));
    if let Some(outcome) = &report.outcome {
        page.row("verdict", word("verdict", outcome.verdict.as_str(), locale));
        for reason in &outcome.reasons {
            page.row("reasons", &named(&reason.code));
            let basis = reason.legal_basis.as_deref();
            let basis = basis.map(|basis| legal_basis(reason.source.as_deref(), basis, locale));
            page.maybe("basis", basis.as_deref());
            let source = reason.source.as_deref();
            page.maybe("source", source.map(|source| source_name(source, locale).unwrap_or(source)));
            page.time("until", reason.until.map(Timestamp::rfc3339).as_deref());
        }
    }
    page.row("case_reasons", &report.reasons.iter().map(named).collect::<Vec<_>>().join("; "));
    if let Some(contested) = &report.contested {
        page.row("contested", &named(contested));
        page.maybe("statement", report.statement.as_ref().map(SecretText::expose));
    }
    page.close();
}

/// What staff decided, one after the other, with the second person of each.
fn decisions(page: &mut Page, report: &Report) {
    page.heading("decisions");
    if report.decisions.is_empty() {
        page.small(label("undecided", page.locale));
    }
    for decision in &report.decisions {
        decided(page, decision);
    }
}

fn decided(page: &mut Page, decision: &DecisionPart) {
    let locale = page.locale;
    page.table();
    page.row("conclusion", word("conclusion", &decision.conclusion, locale));
    page.row("means", word("conclusion", &format!("{}.means", decision.conclusion), locale));
    page.row("by", &decision.by);
    page.time("at", Some(&decision.at));
    if let Some(settled) = &decision.settled {
        let said = label(if settled.yes { "yes" } else { "no" }, locale);
        page.row("settled", &format!("{} {said}, {}", settled.by, almaty(&settled.at)));
    }
    page.maybe("to_player", decision.to_player.as_ref().map(SecretText::expose));
    page.close();
}

fn pictures(page: &mut Page, report: &Report) {
    if report.live.is_none() && report.reference.is_none() {
        return;
    }
    page.heading("pictures");
    page.side_by_side(|page| {
        if let Some(reference) = &report.reference {
            page.figure("reference", &reference.picture);
        }
        if let Some(live) = &report.live {
            page.figure("live", live);
        }
    });
    page.strip(&report.pictures);
    page.table();
    if let Some(reference) = &report.reference {
        page.row("source", word("source", &reference.source.replace(' ', "_"), page.locale));
        page.maybe("like_then", reference.like_then.map(|value| format!("{value:.3}")).as_deref());
    }
    page.close();
}

fn measured(page: &mut Page, report: &Report) {
    let locale = page.locale;
    if let Some(liveness) = &report.liveness {
        let challenge = &liveness.challenge;
        let commands = challenge.commands.iter().map(|command| word("command", command.code(), locale));
        let lights = challenge.lights.iter().map(|light| word("light", light.code(), locale));
        page.open("liveness");
        page.row("commands", &listed(commands, locale));
        page.row("lights", &listed(lights, locale));
        page.row("frames", &liveness.frames.to_string());
        page.close();
        page.table();
        page.heads(&["cue", "support", "findings"]);
        for cue in &liveness.cues {
            page.cells(&cue_cells(cue, locale));
        }
        page.close();
    }
    if let Some(comparison) = &report.comparison {
        page.open("comparison");
        let similarity = comparison.similarity.map(|value| format!("{value:.3}"));
        page.row("similarity", similarity.as_deref().unwrap_or(label("not_measured", locale)));
        page.row("match_from", &format!("{:.3}", comparison.thresholds.match_from));
        page.row("no_match_below", &format!("{:.3}", comparison.thresholds.no_match_below));
        page.close();
    }
}

fn cue_cells(cue: &CueResult, locale: Locale) -> [String; 3] {
    let support = cue.support.map(|support| format!("{:.3}", support.value()));
    let findings = cue.findings.iter().map(|finding| word("finding", finding.code(), locale));
    [
        word("cue", cue.cue.code(), locale).to_owned(),
        support.unwrap_or_else(|| label("not_measured", locale).to_owned()),
        listed(findings, locale),
    ]
}

fn listed(words: impl Iterator<Item = &'static str>, locale: Locale) -> String {
    let words: Vec<&str> = words.collect();
    if words.is_empty() { label("none", locale).to_owned() } else { words.join(", ") }
}

fn models(page: &mut Page, report: &Report) {
    let locale = page.locale;
    page.open("models");
    page.time("made", Some(&report.made_at));
    page.row("made_by", &report.made_by);
    page.maybe("allowed_by", report.allowed_by.as_deref());
    page.maybe("program", report.program.as_deref());
    page.close();
    page.table();
    for model in &report.models {
        let role = word("model", &model.role, locale).to_owned();
        page.cells(&[role, model.name.clone(), model.sha256.clone()]);
    }
    page.close();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::{Outcome, Reason, Verdict};
    use crate::domain::face::comparison::{NamedModel, Thresholds};
    use crate::domain::face::liveness::challenge::{Challenge, Command, Light};
    use crate::domain::face::liveness::cues::{Cue, Finding, Support};
    use crate::domain::face::liveness::decision::PresentationThresholds;
    use crate::domain::review::evidence::report::{
        ComparisonPart, LivenessPart, PersonPart, PicturePart, ReferencePart, SettledPart,
    };

    fn picture(file: &str) -> PicturePart {
        PicturePart { file: file.to_owned(), sha256: "ab".repeat(32) }
    }

    fn decision() -> DecisionPart {
        DecisionPart {
            conclusion: "another_person".to_owned(),
            to_player: Some(SecretText::new("We are sorry")),
            by: "dana".to_owned(),
            at: "2026-11-30T06:00:00Z".to_owned(),
            settled: Some(SettledPart { by: "erlan".to_owned(), at: "2026-11-30T06:10:00Z".to_owned(), yes: true }),
        }
    }

    fn outcome() -> Outcome {
        let debtor = Reason {
            code: ReasonCode::RestrictedDebtor,
            legal_basis: Some("a law".to_owned()),
            source: Some("debtors".to_owned()),
            until: Timestamp::read_rfc3339("2027-01-01T00:00:00Z"),
        };
        Outcome { verdict: Verdict::Refused, reasons: vec![ReasonCode::FaceMismatch.into(), debtor] }
    }

    fn liveness() -> LivenessPart {
        LivenessPart {
            challenge: Challenge {
                commands: vec![Command::LookDown, Command::ComeCloser],
                lights: vec![Light::Magenta],
            },
            cues: vec![
                CueResult { cue: Cue::Passive, support: Some(Support::UNCLEAR), findings: Vec::new() },
                CueResult { cue: Cue::Lights, support: None, findings: vec![Finding::OtherLights] },
            ],
            presentation: None,
            thresholds: PresentationThresholds { bona_fide_from: 0.7, attack_below: 0.3 },
            frames: 40,
        }
    }

    fn report() -> Report {
        let thresholds = Thresholds { match_from: 0.385, no_match_below: 0.3 };
        let reference = ReferencePart {
            picture: picture("pictures/id-photo.jpg"),
            source: "population register".to_owned(),
            like_then: Some(1.0),
        };
        Report {
            case: "case-1".to_owned(),
            verification: "verification-1".to_owned(),
            operator: "demo-bet".to_owned(),
            operator_name: Some("Demo Bet".to_owned()),
            sandbox: true,
            made_at: "2026-11-30T07:00:00Z".to_owned(),
            made_by: "dana".to_owned(),
            allowed_by: Some("erlan".to_owned()),
            person: Some(PersonPart { iin: SecretText::new("900101300017"), name: None }),
            started_at: Some("2026-11-30T05:45:40.480377Z".to_owned()),
            consent_at: Some("2026-11-30T05:45:50Z".to_owned()),
            consent_version: Some("2026-11".to_owned()),
            opened_at: "2026-11-30T05:47:00Z".to_owned(),
            decided_at: None,
            captures: 3,
            live: Some(picture("pictures/1.jpg")),
            pictures: vec![picture("pictures/1.jpg")],
            reference: Some(reference),
            liveness: Some(liveness()),
            comparison: Some(ComparisonPart { similarity: None, thresholds }),
            second_factor: Some("totp".to_owned()),
            outcome: Some(outcome()),
            reasons: vec![ReasonCode::FaceMismatch],
            contested: Some(ReasonCode::RestrictedDebtor),
            statement: Some(SecretText::new("I have paid")),
            decisions: vec![decision()],
            program: Some("rastau 0.1.0".to_owned()),
            models: vec![NamedModel { role: "pad".to_owned(), name: "m".to_owned(), sha256: "cd".repeat(32) }],
            erased_at: Some("2026-11-30T08:00:00Z".to_owned()),
            held_since: Some("2026-11-30T07:30:00Z".to_owned()),
        }
    }

    #[test]
    fn a_court_reads_words_and_the_clock_of_almaty() {
        let russian = report_page(&report(), Locale::Ru);
        for words in [
            "30.11.2026, 10:45:40",
            "посмотреть вниз, приблизиться",
            "пурпурный свет",
            "на лице не наш свет",
            "Регистр населения",
            "реестр должников (restricted_debtor)",
            "a law",
            "01.01.2027, 05:00:00",
            "Другой человек",
            "dana",
            "erlan подтвердил, 30.11.2026, 11:10:00",
            "I have paid",
            "counter(page)",
        ] {
            assert!(russian.contains(words), "{words}: {russian}");
        }
        assert_eq!((russian.matches("<main>").count(), russian.matches("</main>").count()), (1, 1));
        for locale in Locale::ALL {
            let page = report_page(&report(), locale);
            for code in ["look_down", "come_closer", "other_lights", "another_person", "population register", "Z<"] {
                assert!(!page.contains(code), "{code} in {}", locale.tag());
            }
            assert!(
                !page.contains(">?<") && !page.contains("? (") && !page.contains("?, "),
                "a code without words: {page}"
            );
        }
        assert!(!russian.contains("magenta") && !russian.contains("passive"), "words of English: {russian}");
    }

    #[test]
    fn that_nothing_was_decided_is_said() {
        let open = Report { decisions: Vec::new(), ..report() };
        assert!(report_page(&open, Locale::En).contains("Staff have decided nothing yet."));
    }
}
