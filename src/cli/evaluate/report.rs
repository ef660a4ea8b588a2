//! The evaluation as one HTML file: no script, no other file, no other host, no picture of anybody.

pub(super) mod charts;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::lines::{self, NONE};
use crate::app::face::evaluate_faces::{Evaluation, Failure, Measured};
use crate::domain::kernel::time::Timestamp;

const STYLE: &str = include_str!("report/style.css");

/// Writes `report.html` into `folder`, which is made when it is missing.
pub(super) fn write(
    folder: &Path,
    measured: &Measured,
    shadow: Option<&Measured>,
    now: Timestamp,
) -> anyhow::Result<PathBuf> {
    save(folder, || page(measured, shadow, now))
}

/// Writes a page as `report.html` into `folder`, which is made when it is missing.
pub(super) fn save(folder: &Path, page: impl FnOnce() -> anyhow::Result<String>) -> anyhow::Result<PathBuf> {
    let file = folder.join("report.html");
    let named = || format!("{} was not written", file.display());
    std::fs::create_dir_all(folder).with_context(named)?;
    let text = page().with_context(named)?;
    std::fs::write(&file, text).with_context(named)?;
    Ok(file)
}

/// A page up to its heading.
pub(super) fn head(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Rastau: {title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>",
        title = escaped(title)
    )
}

fn page(measured: &Measured, shadow: Option<&Measured>, now: Timestamp) -> anyhow::Result<String> {
    let found = &measured.evaluation;
    let mut page = head("Comparison of faces");
    let _ = write!(
        page,
        "<p>Rastau {}, {}. Embedder <code>{}</code>{}.</p>",
        env!("CARGO_PKG_VERSION"),
        now.rfc3339(),
        escaped(&found.model),
        shadow.map_or(String::new(), |shadow| format!(
            ", in the shadow <code>{}</code> (dashed)",
            escaped(&shadow.evaluation.model)
        ))
    );
    page.push_str("<div class=\"charts\">");
    let shadow_scores = shadow.map(|shadow| &shadow.scores);
    figure(&mut page, "DET: what one error costs in the other", charts::det(&measured.scores, shadow_scores)?);
    figure(&mut page, "Scores, with the thresholds of each FMR", charts::histogram(measured)?);
    if let Some(shadow) = shadow {
        figure(&mut page, "Scores in the shadow", charts::histogram(shadow)?);
    }
    if let Some(groups) = found.groups.as_ref().filter(|groups| !groups.groups.is_empty()) {
        let title = format!("FNMR by {}, at the threshold of FMR {:.0e}", groups.column, groups.at_fmr);
        figure(&mut page, &title, charts::groups(groups)?);
    }
    page.push_str("</div>");
    figures(&mut page, found);
    groups(&mut page, found);
    unusable(&mut page, "Not compared", &found.failures);
    let _ = writeln!(
        page,
        "<p class=\"note\">TAR counts pairs without a template as misses; FNMR and EER are of the compared pairs. In \
         brackets: 95 % intervals by drawing people anew, {} rounds from seed {}.</p></main></body></html>",
        found.bootstrap.rounds, found.bootstrap.seed
    );
    Ok(page)
}

/// A chart under its title, or a word where there is none.
pub(super) fn figure(page: &mut String, title: &str, chart: Option<String>) {
    let chart = chart.unwrap_or_else(|| "<p>There is nothing to draw.</p>".to_owned());
    let _ = write!(page, "<figure><figcaption>{}</figcaption>{chart}</figure>", escaped(title));
}

fn figures(page: &mut String, found: &Evaluation) {
    let shadow = found.shadow.as_deref().map(lines::figures);
    page.push_str("<h2>Figures</h2><div class=\"wide\"><table>");
    if shadow.is_some() {
        page.push_str("<tr><th></th><th>in use</th><th>shadow</th></tr>");
    }
    for (place, (label, figure)) in lines::figures(found).iter().enumerate() {
        let _ = write!(page, "<tr><th scope=\"row\">{}</th><td>{}</td>", escaped(label.trim()), escaped(figure));
        if let Some((_, other)) = shadow.as_ref().and_then(|rows| rows.get(place)) {
            let _ = write!(page, "<td>{}</td>", escaped(other));
        }
        page.push_str("</tr>");
    }
    page.push_str("</table></div>");
    for remark in lines::remarks(found) {
        let _ = write!(page, "<p class=\"note\">{}</p>", escaped(&remark));
    }
}

fn groups(page: &mut String, found: &Evaluation) {
    let Some(groups) = &found.groups else { return };
    let _ = write!(
        page,
        "<h2>By {}</h2><div class=\"wide\"><table><tr><th></th><th>people</th><th>FMR</th><th>of pairs</th>\
         <th>FNMR</th><th>of pairs</th><th></th></tr>",
        escaped(&groups.column)
    );
    for group in &groups.groups {
        let _ = write!(
            page,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&group.name),
            group.people,
            group.fmr.map_or(NONE.to_owned(), |fmr| format!("{fmr:.1e}")),
            group.impostor,
            lines::percent(group.fnmr),
            group.genuine,
            if group.too_small { "too small to tell" } else { "" }
        );
    }
    let of = |ratio: Option<f64>| ratio.map_or(NONE.to_owned(), |ratio| format!("{ratio:.2}"));
    let _ = write!(
        page,
        "</table></div><p>Worst over best: FMR {}, FNMR {}.</p>",
        of(groups.fmr_ratio),
        of(groups.fnmr_ratio)
    );
}

/// What could not be used, under a heading, when there is something.
pub(super) fn unusable(page: &mut String, heading: &str, failures: &[Failure]) {
    if failures.is_empty() {
        return;
    }
    let _ = write!(
        page,
        "<h2>{}</h2><div class=\"wide\"><table><tr><th>line</th><th>file</th><th>code</th><th></th></tr>",
        escaped(heading)
    );
    for failure in failures {
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td><code>{}</code></td><td>{}</td></tr>",
            failure.line,
            escaped(failure.file.as_deref().unwrap_or(NONE)),
            failure.code,
            escaped(&failure.detail)
        );
    }
    page.push_str("</table></div>");
}

/// Text that means nothing to HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
