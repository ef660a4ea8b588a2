//! Charts of the evaluation of liveness as SVG.

use anyhow::Result;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::super::super::report::charts::{
    GENUINE as BONA_FIDE, GRID, IMPOSTOR as ATTACK, SIZE, failed, framed, percent, text,
};
use crate::app::face::evaluate_liveness::LivenessEvaluation;
use crate::domain::face::error_rates::presentations::Presentations;

/// Scores have this many bins from 0 to 1.
const BINS: u32 = 25;

/// BPCER over the APCER of the worst kind; `None` without scored presentations of both.
pub(super) fn det(presentations: &Presentations) -> Result<Option<String>> {
    let curve = presentations.det();
    if curve.is_empty() {
        return Ok(None);
    }
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let mut chart = framed(&area, 58).build_cartesian_2d(0.0..1.0, 0.0..1.0).map_err(failed)?;
        chart
            .configure_mesh()
            .bold_line_style(GRID.mix(0.35))
            .light_line_style(TRANSPARENT)
            .label_style(text(14))
            .axis_desc_style(text(14))
            .x_labels(5)
            .y_labels(5)
            .x_desc("APCER of the worst kind")
            .y_desc("BPCER")
            .x_label_formatter(&|rate| percent(*rate))
            .y_label_formatter(&|rate| percent(*rate))
            .draw()
            .map_err(failed)?;
        chart.draw_series(LineSeries::new(curve, BONA_FIDE.stroke_width(3))).map_err(failed)?;
        area.present().map_err(failed)?;
    }
    Ok(Some(svg))
}

/// How many presentations have which score; `None` when none has one.
pub(super) fn scores(found: &LivenessEvaluation) -> Result<Option<String>> {
    let (attacks, bona_fide) = (bins(found, true), bins(found, false));
    let Some(most) = attacks.iter().chain(&bona_fide).max().filter(|most| **most > 0) else { return Ok(None) };
    let top = f64::from(*most) * 1.25;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let mut chart = framed(&area, 58).build_cartesian_2d(0.0_f32..1.0, 0.0..top).map_err(failed)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID.mix(0.25))
            .light_line_style(TRANSPARENT)
            .label_style(text(14))
            .axis_desc_style(text(14))
            .x_labels(6)
            .x_desc("score")
            .y_desc("presentations")
            .x_label_formatter(&|score| format!("{score:.1}"))
            .y_label_formatter(&|count| format!("{count:.0}"))
            .draw()
            .map_err(failed)?;
        let edge = |bin: u32| bin as f32 / BINS as f32;
        for (bins, colour) in [(&attacks, ATTACK), (&bona_fide, BONA_FIDE)] {
            let bars = (0..).zip(bins).filter(|(_, count)| **count > 0).map(|(bin, count)| {
                Rectangle::new([(edge(bin), 0.0), (edge(bin + 1), f64::from(*count))], colour.mix(0.55).filled())
            });
            chart.draw_series(bars).map_err(failed)?;
        }
        let at = found.threshold;
        chart.draw_series([PathElement::new([(at, 0.0), (at, top)], BLACK.stroke_width(1))]).map_err(failed)?;
        for (word, colour, height) in [("attacks", ATTACK, 0.95), ("bona fide", BONA_FIDE, 0.87)] {
            let style = text(14).color(&colour).pos(Pos::new(HPos::Right, VPos::Center));
            chart
                .draw_series([Text::new(format!("\u{25a0} {word}"), (0.9_f32, top * height), style)])
                .map_err(failed)?;
        }
        area.present().map_err(failed)?;
    }
    Ok(Some(svg))
}

/// How many presentations of one label lie in each bin.
fn bins(found: &LivenessEvaluation, attacks: bool) -> Vec<u32> {
    let mut bins = vec![0; BINS as usize];
    let scores = found.files.iter().filter(|file| file.attack.is_some() == attacks).filter_map(|file| file.score);
    for score in scores {
        bins[((score.clamp(0.0, 1.0) * BINS as f32) as usize).min(BINS as usize - 1)] += 1;
    }
    bins
}
