//! The evaluation as one HTML file, as that of faces is: no script, no other file, no other host, no picture of anybody.

mod charts;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::super::report::{escaped, figure, head, save, unusable};
use super::lines;
use crate::app::face::evaluate_liveness::{LivenessEvaluation, MeasuredPresentation};
use crate::domain::kernel::time::Timestamp;

/// Writes `report.html` into `folder`, which is made when it is missing.
pub(super) fn write(folder: &Path, measured: &MeasuredPresentation, now: Timestamp) -> anyhow::Result<PathBuf> {
    save(folder, || page(measured, now))
}

fn page(measured: &MeasuredPresentation, now: Timestamp) -> anyhow::Result<String> {
    let found = &measured.evaluation;
    let mut page = head("Presentation attack detection");
    let _ = write!(
        page,
        "<p>Rastau {}, {}. The passive cue alone, by the rule of the service.</p><div class=\"charts\">",
        env!("CARGO_PKG_VERSION"),
        now.rfc3339()
    );
    figure(&mut page, "DET: what one error costs in the other", charts::det(&measured.presentations)?);
    figure(&mut page, "Scores, with the threshold", charts::scores(found)?);
    page.push_str("</div><h2>Figures</h2><div class=\"wide\"><table>");
    for (label, figure) in lines::figures(found) {
        let _ = write!(page, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escaped(label.trim()), escaped(&figure));
    }
    page.push_str("</table></div>");
    for remark in lines::remarks(found) {
        let _ = write!(page, "<p class=\"note\">{}</p>", escaped(&remark));
    }
    files(&mut page, found);
    unusable(&mut page, "Without a usable frame, or not read", &found.failures);
    let _ = writeln!(
        page,
        "<p class=\"note\">APCER counts an attack without a usable frame as not accepted, BPCER a living person without one \
         as refused; EER is of the presentations with one. In brackets: 95 % intervals by drawing people anew, {} rounds \
         from seed {}.</p></main></body></html>",
        found.bootstrap.rounds, found.bootstrap.seed
    );
    Ok(page)
}

fn files(page: &mut String, found: &LivenessEvaluation) {
    page.push_str(
        "<h2>Files</h2><div class=\"wide\"><table><tr><th>file</th><th></th><th>frames</th><th>score</th><th></th>\
         <th>gate</th></tr>",
    );
    for file in &found.files {
        let [label, usable, score, verdict, captures] = lines::cells(file);
        let stopped: Vec<String> = file.stopped.iter().map(|(code, count)| format!("{code} {count}")).collect();
        let _ = write!(
            page,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{usable}</td><td>{score}</td><td>{verdict}{captures}</td>\
             <td>{}</td></tr>",
            escaped(&file.file),
            escaped(&label),
            stopped.join(", ")
        );
    }
    page.push_str("</table></div>");
}

#[cfg(test)]
mod tests;
