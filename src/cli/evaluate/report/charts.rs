//! Charts as SVG. Black is replaced by the reader's own ink, see `style.css`; narrow, so that a telephone shows them whole.

use anyhow::{Context as _, Result, anyhow};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{IntoSegmentedCoord, SegmentValue};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::app::face::evaluate_faces::groups::Groups;
use crate::app::face::evaluate_faces::{Measured, RATES};
use crate::domain::face::error_rates::{Pair, Scores};

pub(in crate::cli::evaluate) const SIZE: (u32, u32) = (440, 340);
pub(in crate::cli::evaluate) const GENUINE: RGBColor = RGBColor(15, 148, 136);
pub(in crate::cli::evaluate) const IMPOSTOR: RGBColor = RGBColor(214, 96, 48);
pub(in crate::cli::evaluate) const GRID: RGBColor = RGBColor(128, 134, 142);
/// Width of a bin of scores.
const BIN: f32 = 0.02;

/// FNMR over FMR, both logarithmic; `None` without pairs of both kinds.
pub(super) fn det(scores: &Scores, shadow: Option<&Scores>) -> Result<Option<String>> {
    let curve = scores.det();
    if curve.is_empty() {
        return Ok(None);
    }
    let shadow = shadow.map(Scores::det).unwrap_or_default();
    let least = |read: fn(&(f64, f64)) -> f64| {
        curve.iter().chain(&shadow).map(read).filter(|rate| *rate > 0.0).fold(0.1, f64::min) * 0.7
    };
    let (left, bottom) = (least(|point| point.0), least(|point| point.1));
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let mut chart =
            framed(&area, 58).build_cartesian_2d((left..1.0).log_scale(), (bottom..1.0).log_scale()).map_err(failed)?;
        chart
            .configure_mesh()
            .bold_line_style(GRID.mix(0.35))
            .light_line_style(GRID.mix(0.12))
            .label_style(text(14))
            .axis_desc_style(text(14))
            .x_desc("FMR")
            .y_desc("FNMR")
            .x_label_formatter(&|rate| percent(*rate))
            .y_label_formatter(&|rate| percent(*rate))
            .draw()
            .map_err(failed)?;
        // A rate of nothing has no place on a logarithmic axis: it stands at the edge.
        let placed = |curve: &[(f64, f64)]| -> Vec<(f64, f64)> {
            curve.iter().map(|(fmr, fnmr)| (fmr.max(left), fnmr.max(bottom))).collect()
        };
        let line = GENUINE.stroke_width(3);
        chart.draw_series(LineSeries::new(placed(&curve), line)).map_err(failed)?;
        chart.draw_series(DashedLineSeries::new(placed(&shadow), 6, 4, IMPOSTOR.stroke_width(3))).map_err(failed)?;
        area.present().map_err(failed)?;
    }
    Ok(Some(svg))
}

/// How many pairs have which score, counts logarithmic, with the threshold of each rate.
pub(super) fn histogram(measured: &Measured) -> Result<Option<String>> {
    let (impostor, genuine) = (bins(measured.scores.impostor()), bins(measured.scores.genuine()));
    let all = || impostor.iter().chain(&genuine);
    let (Some(first), Some(last), Some(most)) =
        (all().map(|bin| bin.0).min(), all().map(|bin| bin.0).max(), all().map(|bin| bin.1).max())
    else {
        return Ok(None);
    };
    let edge = |bin: i32| bin as f32 * BIN;
    let top = most as f64 * 4.0;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let mut chart = framed(&area, 58)
            .build_cartesian_2d(edge(first - 1)..edge(last + 2), (0.7..top).log_scale())
            .map_err(failed)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID.mix(0.25))
            .light_line_style(TRANSPARENT)
            .label_style(text(14))
            .axis_desc_style(text(14))
            .x_labels(6)
            .x_desc("similarity")
            .y_desc("pairs")
            .x_label_formatter(&|score| format!("{score:.1}"))
            .y_label_formatter(&|count| format!("{count:.0}"))
            .draw()
            .map_err(failed)?;
        for (bins, colour) in [(&impostor, IMPOSTOR), (&genuine, GENUINE)] {
            let bar = |bin: &(i32, usize)| {
                Rectangle::new([(edge(bin.0), 0.7), (edge(bin.0 + 1), bin.1 as f64)], colour.mix(0.55).filled())
            };
            chart.draw_series(bins.iter().map(bar)).map_err(failed)?;
        }
        let mut height = top * 0.8;
        for (name, _) in RATES {
            let Some(threshold) = measured.evaluation.thresholds[name] else { continue };
            chart
                .draw_series([PathElement::new([(threshold, 0.7), (threshold, height)], BLACK.stroke_width(1))])
                .map_err(failed)?;
            let style = text(13).pos(Pos::new(HPos::Left, VPos::Center));
            chart.draw_series([Text::new(format!(" {name}"), (threshold, height), style)]).map_err(failed)?;
            height /= 1.9;
        }
        let right = edge(last + 1);
        for (word, colour, place) in [("impostor", IMPOSTOR, 0.75), ("genuine", GENUINE, 0.35)] {
            let style = text(14).color(&colour).pos(Pos::new(HPos::Right, VPos::Center));
            chart.draw_series([Text::new(format!("\u{25a0} {word}"), (right, top * place), style)]).map_err(failed)?;
        }
        area.present().map_err(failed)?;
    }
    Ok(Some(svg))
}

/// FNMR of each group; those too small to tell are pale.
pub(super) fn groups(groups: &Groups) -> Result<Option<String>> {
    let last = i32::try_from(groups.groups.len()).context("too many groups to draw")? - 1;
    let most = groups.groups.iter().filter_map(|group| group.fnmr).fold(0.01, f64::max) * 115.0;
    let mut svg = String::new();
    {
        let height = 90 + 34 * groups.groups.len() as u32;
        let area = SVGBackend::with_string(&mut svg, (SIZE.0, height)).into_drawing_area();
        let mut chart = framed(&area, 96).build_cartesian_2d(0.0..most, (0..last).into_segmented()).map_err(failed)?;
        let name = |place: &SegmentValue<i32>| match place {
            SegmentValue::CenterOf(place) => {
                let group = usize::try_from(*place).ok().and_then(|place| groups.groups.get(place));
                group.map_or(String::new(), |group| group.name.chars().take(14).collect())
            }
            _ => String::new(),
        };
        chart
            .configure_mesh()
            .disable_y_mesh()
            .bold_line_style(GRID.mix(0.3))
            .light_line_style(TRANSPARENT)
            .label_style(text(14))
            .axis_desc_style(text(14))
            .x_labels(5)
            .y_labels(groups.groups.len())
            .x_desc("FNMR, %")
            .y_label_formatter(&name)
            .draw()
            .map_err(failed)?;
        let bars = groups.groups.iter().zip(0..).filter_map(|(group, place)| {
            let colour = if group.too_small { GENUINE.mix(0.3) } else { GENUINE.mix(0.9) };
            let end = if place == last { SegmentValue::Last } else { SegmentValue::Exact(place + 1) };
            let corners = [(0.0, SegmentValue::Exact(place)), (100.0 * group.fnmr?, end)];
            let mut bar = Rectangle::new(corners, colour.filled());
            bar.set_margin(5, 5, 0, 0);
            Some(bar)
        });
        chart.draw_series(bars).map_err(failed)?;
        area.present().map_err(failed)?;
    }
    Ok(Some(svg))
}

/// Bins with a pair in them: number and count.
fn bins(pairs: &[Pair]) -> Vec<(i32, usize)> {
    let mut bins = std::collections::BTreeMap::new();
    for pair in pairs.iter().filter(|pair| pair.score.is_finite()) {
        *bins.entry((pair.score / BIN).floor() as i32).or_insert(0) += 1;
    }
    bins.into_iter().collect()
}

/// A chart with room for the labels of both axes, `left` pixels of it for those of the upright one.
pub(in crate::cli::evaluate) fn framed<'a, 'b>(
    area: &'a DrawingArea<SVGBackend<'b>, Shift>,
    left: u32,
) -> ChartBuilder<'a, 'b, SVGBackend<'b>> {
    let mut chart = ChartBuilder::on(area);
    chart.margin(8).margin_right(26).x_label_area_size(42).y_label_area_size(left);
    chart
}

pub(in crate::cli::evaluate) fn text(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_text_style(&SIZE)
}

pub(in crate::cli::evaluate) fn percent(rate: f64) -> String {
    let text = format!("{:.4}", 100.0 * rate);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// The library's errors hold what cannot cross threads: their words are kept.
#[allow(clippy::needless_pass_by_value)]
pub(in crate::cli::evaluate) fn failed(why: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("a chart: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::face::evaluate_faces::groups::Group;

    #[test]
    fn rates_read_as_people_write_them() {
        assert_eq!(percent(0.01), "1 %");
        assert_eq!(percent(1e-5), "0.001 %");
        assert_eq!(percent(1.0), "100 %");
    }

    #[test]
    fn a_group_alone_is_drawn_too() {
        let group =
            Group { name: "n".into(), people: 1, genuine: 3, impostor: 0, fmr: None, fnmr: Some(0.5), too_small: true };
        let alone = Groups {
            column: "side".into(),
            at_fmr: 1e-3,
            threshold: 0.3,
            groups: vec![group],
            fmr_ratio: None,
            fnmr_ratio: None,
        };
        let svg = groups(&alone).unwrap().unwrap();
        assert!(svg.contains("<rect") && svg.contains("FNMR, %"));
    }

    #[test]
    fn bins_hold_every_finite_score_once() {
        let pairs = [0.01, 0.019, -0.01, f32::NEG_INFINITY].map(|score| Pair { score, a: 0, b: 1 });
        assert_eq!(bins(&pairs), [(-1, 1), (0, 2)]);
    }
}
