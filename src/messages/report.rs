//! The report of a case as a page that people read: no script, nothing fetched from elsewhere.

use std::fmt::Write as _;

use super::own_sources::legal_basis;
use super::{Locale, message};
use crate::domain::evidence::report::{PicturePart, Report};
use crate::domain::reason::ReasonCode;
use crate::domain::secret::SecretText;

/// Labels: code, Kazakh, Russian, English.
const LABELS: &[(&str, [&str; 3])] = &[
    ("title", ["Тұлғаны растау туралы есеп", "Отчёт о подтверждении личности", "Report of an identity verification"]),
    (
        "sandbox",
        [
            "Бәрі ойдан шығарылған: бұл сынақ ортасы",
            "Всё вымышлено: это песочница",
            "All of it is made up: this is a sandbox",
        ],
    ),
    (
        "erased",
        [
            "Дәлелдер жойылды, журналдағы ізі ғана қалды",
            "Доказательства уничтожены, остался лишь след в журнале",
            "The evidence was erased; what the log has of it is left",
        ],
    ),
    (
        "held",
        [
            "Дәлелдер мына уақыттан бері сақтауға алынды",
            "Доказательства удерживаются с",
            "The evidence is under legal hold since",
        ],
    ),
    ("who", ["Кім", "Кто", "Who"]),
    ("iin", ["ЖСН", "ИИН", "IIN"]),
    ("name", ["Аты-жөні", "Имя", "Name"]),
    ("case", ["Іс", "Дело", "Case"]),
    ("verification", ["Растау", "Проверка", "Verification"]),
    ("operator", ["Оператор", "Оператор (организатор игр)", "Operator"]),
    ("started_at", ["Басталды", "Начало", "Began"]),
    ("consent", ["Келісім берілді", "Согласие дано", "Consent given"]),
    ("opened_at", ["Іс ашылды", "Дело открыто", "Case opened"]),
    ("decided_at", ["Шешім қабылданды", "Решение принято", "Decided"]),
    ("captures", ["Түсірілім саны", "Съёмок", "Captures"]),
    ("pictures", ["Суреттер", "Изображения", "Pictures"]),
    ("live", ["Ағымдағы сурет", "Текущее изображение", "Current picture"]),
    ("reference", ["Эталон: құжат фотосы", "Эталон: фото документа", "Reference: the ID photo"]),
    ("source", ["Қайдан", "Источник", "Source"]),
    (
        "like_then",
        ["Сол кездегі эталонға ұқсастығы", "Сходство с эталоном того времени", "Similarity to the reference of then"],
    ),
    ("liveness", ["Тірі адам екенін тексеру", "Проверка, что перед камерой живой человек", "Liveness"]),
    ("commands", ["Берілген бұйрықтар", "Заданные команды", "Commands that were given"]),
    ("lights", ["Көрсетілген түстер", "Показанные цвета", "Lights that were shown"]),
    ("cue", ["Белгі", "Признак", "Cue"]),
    ("support", ["Қолдау, 0–1", "В пользу, 0–1", "Support, 0 to 1"]),
    ("findings", ["Не байқалды", "Что замечено", "Findings"]),
    ("frames", ["Қаралған кадрлар", "Просмотрено кадров", "Frames looked at"]),
    ("comparison", ["Салыстыру", "Сличение", "Comparison"]),
    ("similarity", ["Ұқсастық көрсеткіші", "Показатель сходства", "Similarity score"]),
    ("match_from", ["Осыдан бастап сәйкес", "Совпадение от", "Match from"]),
    ("no_match_below", ["Бұдан төмен сәйкес емес", "Не совпадает ниже", "No match below"]),
    ("second_factor", ["Екінші фактор", "Второй фактор", "Second factor"]),
    ("outcome", ["Нәтиже", "Результат", "Result"]),
    ("verdict", ["Шешім", "Решение", "Verdict"]),
    ("reasons", ["Себептер", "Причины", "Reasons"]),
    ("basis", ["Құқықтық негіз", "Правовое основание", "Legal basis"]),
    ("contested", ["Ойыншы мұнымен келіспейді", "Игрок оспаривает", "The player contests"]),
    ("decisions", ["Қызметкерлердің шешімдері", "Решения сотрудников", "Decisions of staff"]),
    ("conclusion", ["Қорытынды", "Вывод", "Conclusion"]),
    ("by", ["Кім шешті", "Кем принято", "By"]),
    ("at", ["Уақыты", "Время", "At"]),
    ("settled", ["Екінші қызметкер", "Второй сотрудник", "Second pair of eyes"]),
    ("yes", ["растады", "подтвердил", "said yes"]),
    ("no", ["растамады", "не подтвердил", "said no"]),
    ("to_player", ["Ойыншыға хабар", "Сообщение игроку", "Note to the player"]),
    ("models", ["Бағдарлама мен модельдер", "Программа и модели", "Program and models"]),
    ("made", ["Есеп жасалды", "Отчёт составлен", "Report made"]),
    (
        "proof",
        [
            "Бұл файл қол қойылған архивтің бөлігі. Архивті желісіз тексеру: rastau evidence verify.",
            "Этот файл — часть подписанного архива. Архив проверяется без сети: rastau evidence verify.",
            "This file is part of a signed archive. It is checked offline: rastau evidence verify.",
        ],
    ),
];

fn label(code: &str, locale: Locale) -> &'static str {
    let place = Locale::ALL.iter().position(|one| *one == locale).unwrap_or_default();
    LABELS.iter().find(|(one, _)| *one == code).and_then(|(_, texts)| texts.get(place)).copied().unwrap_or("?")
}

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}\
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid #d0d7de}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #eaeef2}\
th{font-weight:600;width:16rem}code{font-size:.85em;overflow-wrap:anywhere}.note{background:#fff8c5;padding:.6rem .8rem}\
.pair{display:flex;gap:1rem}figure{margin:0;flex:1;min-width:0}figure img{max-width:100%;max-height:24rem}\
.strip img{height:7rem}.strip{display:flex;flex-wrap:wrap;gap:.4rem}@media print{body{margin:0}}";

/// The whole page, in the reader's language.
pub fn report_page(report: &Report, locale: Locale) -> String {
    let say = |code| label(code, locale);
    let mut page = Page { html: String::new(), locale };
    let title = say("title");
    let _ = write!(
        page.html,
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><h1>{title}</h1>",
        locale.tag()
    );
    if report.sandbox {
        page.note(say("sandbox"));
    }
    if let Some(at) = &report.erased_at {
        page.note(&format!("{}: {at}", say("erased")));
    }
    if let Some(at) = &report.held_since {
        page.note(&format!("{}: {at}", say("held")));
    }
    page.begin("who");
    if let Some(person) = &report.person {
        page.row("iin", person.iin.expose());
        page.maybe("name", person.name.as_ref().map(SecretText::expose));
    }
    page.row("case", &report.case);
    page.row("verification", &report.verification);
    let name = report.operator_name.as_ref().map_or(String::new(), |name| format!("{name}, "));
    page.row("operator", &format!("{name}{}", report.operator));
    page.maybe("started_at", report.started_at.as_deref());
    let version = report.consent_version.as_deref().unwrap_or_default();
    page.maybe("consent", report.consent_at.as_ref().map(|at| format!("{at} ({version})")).as_deref());
    page.row("opened_at", &report.opened_at);
    page.maybe("decided_at", report.decided_at.as_deref());
    page.row("captures", &report.captures.to_string());
    page.end();
    pictures(&mut page, report);
    measured(&mut page, report);
    outcome(&mut page, report);
    decisions(&mut page, report);
    page.begin("models");
    page.maybe("made", Some(&format!("{}, {}", report.made_at, report.made_by)));
    page.html.push_str("</table><p>");
    page.text(report.program.as_deref().unwrap_or("-"));
    page.html.push_str("</p><table>");
    for model in &report.models {
        page.cells(&[&model.role, &model.name, &model.sha256]);
    }
    page.end();
    page.note(say("proof"));
    page.html.push_str("</body></html>\n");
    page.html
}

fn pictures(page: &mut Page, report: &Report) {
    if report.live.is_none() && report.reference.is_none() {
        return;
    }
    page.heading("pictures");
    page.html.push_str("<div class=\"pair\">");
    if let Some(reference) = &report.reference {
        page.figure("reference", &reference.picture);
    }
    if let Some(live) = &report.live {
        page.figure("live", live);
    }
    page.html.push_str("</div><div class=\"strip\">");
    for picture in &report.pictures {
        page.image(picture, "");
    }
    page.html.push_str("</div><table>");
    if let Some(reference) = &report.reference {
        page.row("source", &reference.source);
        page.maybe("like_then", reference.like_then.map(|value| format!("{value:.3}")).as_deref());
    }
    page.end();
}

fn measured(page: &mut Page, report: &Report) {
    if let Some(liveness) = &report.liveness {
        page.begin("liveness");
        let commands: Vec<&str> = liveness.challenge.commands.iter().map(|command| command.code()).collect();
        let lights: Vec<&str> = liveness.challenge.lights.iter().map(|light| light.code()).collect();
        page.row("commands", &commands.join(", "));
        page.row("lights", &lights.join(", "));
        page.row("frames", &liveness.frames.to_string());
        page.html.push_str("</table><table>");
        let heads = ["cue", "support", "findings"].map(|code| label(code, page.locale));
        page.cells(&heads);
        for cue in &liveness.cues {
            let support = cue.support.map_or("-".to_owned(), |support| format!("{:.3}", support.value()));
            let findings: Vec<&str> = cue.findings.iter().map(|finding| finding.code()).collect();
            page.cells(&[cue.cue.code(), &support, &findings.join(", ")]);
        }
        page.end();
    }
    if let Some(comparison) = &report.comparison {
        page.begin("comparison");
        let similarity = comparison.similarity.map_or("-".to_owned(), |value| format!("{value:.3}"));
        page.row("similarity", &similarity);
        page.row("match_from", &format!("{:.3}", comparison.thresholds.match_from));
        page.row("no_match_below", &format!("{:.3}", comparison.thresholds.no_match_below));
        page.end();
    }
}

fn outcome(page: &mut Page, report: &Report) {
    let locale = page.locale;
    let title = |reason: &ReasonCode| format!("{} ({})", message(reason.code(), locale).title, reason.code());
    page.begin("outcome");
    page.maybe("second_factor", report.second_factor.as_deref());
    if let Some(outcome) = &report.outcome {
        page.row("verdict", outcome.verdict.as_str());
        for reason in &outcome.reasons {
            page.row("reasons", &title(&reason.code));
            let basis = reason.legal_basis.as_deref();
            let basis = basis.map(|basis| legal_basis(reason.source.as_deref(), basis, locale));
            page.maybe("basis", basis.as_deref());
            page.maybe("source", reason.source.as_deref());
        }
    }
    page.row("case", &report.reasons.iter().map(title).collect::<Vec<_>>().join("; "));
    if let Some(contested) = &report.contested {
        let words = report.statement.as_ref().map_or("", |words| words.expose());
        page.row("contested", &format!("{}: {words}", title(contested)));
    }
    page.end();
}

fn decisions(page: &mut Page, report: &Report) {
    if report.decisions.is_empty() {
        return;
    }
    page.begin("decisions");
    for decision in &report.decisions {
        page.row("conclusion", &decision.conclusion);
        page.row("by", &decision.by);
        page.row("at", &decision.at);
        if let Some(settled) = &decision.settled {
            let word = label(if settled.yes { "yes" } else { "no" }, page.locale);
            page.row("settled", &format!("{} {word}, {}", settled.by, settled.at));
        }
        page.maybe("to_player", decision.to_player.as_ref().map(SecretText::expose));
    }
    page.end();
}

struct Page {
    html: String,
    locale: Locale,
}

impl Page {
    /// Text is text, whatever it says.
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                '\'' => self.html.push_str("&#39;"),
                c => self.html.push(c),
            }
        }
    }

    fn note(&mut self, text: &str) {
        self.html.push_str("<p class=\"note\">");
        self.text(text);
        self.html.push_str("</p>");
    }

    fn heading(&mut self, code: &str) {
        let _ = write!(self.html, "<h2>{}</h2>", label(code, self.locale));
    }

    fn begin(&mut self, code: &str) {
        self.heading(code);
        self.html.push_str("<table>");
    }

    fn end(&mut self) {
        self.html.push_str("</table>");
    }

    fn row(&mut self, code: &str, value: &str) {
        let _ = write!(self.html, "<tr><th>{}</th><td>", label(code, self.locale));
        self.text(value);
        self.html.push_str("</td></tr>");
    }

    fn maybe(&mut self, code: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.row(code, value);
        }
    }

    fn cells(&mut self, cells: &[&str]) {
        self.html.push_str("<tr>");
        for cell in cells {
            self.html.push_str("<td><code>");
            self.text(cell);
            self.html.push_str("</code></td>");
        }
        self.html.push_str("</tr>");
    }

    fn image(&mut self, picture: &PicturePart, words: &str) {
        self.html.push_str("<img src=\"");
        self.text(&picture.file);
        self.html.push_str("\" alt=\"");
        self.text(words);
        self.html.push_str("\">");
    }

    fn figure(&mut self, code: &str, picture: &PicturePart) {
        let words = label(code, self.locale);
        self.html.push_str("<figure>");
        self.image(picture, words);
        let _ = write!(self.html, "<figcaption>{words}<br><code>");
        self.text(&picture.sha256);
        self.html.push_str("</code></figcaption></figure>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn text_is_never_markup_in_a_cell_nor_in_an_attribute() {
        let hostile = r#"</td><script>alert('1' & "2")</script>"#;
        let escaped = "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;";
        let mut page = Page { html: String::new(), locale: Locale::En };
        page.row("operator", hostile);
        page.cells(&[hostile]);
        page.note(hostile);
        page.image(&PicturePart { file: hostile.to_owned(), sha256: String::new() }, hostile);
        assert_eq!(page.html.matches(escaped).count(), 5, "{}", page.html);
        assert!(!page.html.contains("<script") && !page.html.contains(hostile), "{}", page.html);
    }

    #[test]
    fn every_label_is_there_once_in_three_languages_that_differ() {
        let codes: HashSet<&str> = LABELS.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes.len(), LABELS.len());
        for (code, texts) in LABELS {
            assert!(texts.iter().all(|text| !text.is_empty()) && texts[0] != texts[1] || *code == "operator", "{code}");
        }
        let source = include_str!("report.rs");
        for (code, _) in LABELS {
            assert!(source.matches(&format!("\"{code}\"")).count() > 1, "{code} is used nowhere");
        }
        assert!(!LABELS.iter().any(|(_, texts)| texts.contains(&"?")));
    }
}
