//! The markup of the report: text is text, whatever it says.

use std::fmt::Write as _;

use super::words::{almaty, label};
use crate::domain::kernel::locale::Locale;
use crate::domain::review::evidence::report::PicturePart;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}\
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid #d0d7de;break-after:avoid}\
table{border-collapse:collapse;width:100%;margin-bottom:1rem}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #eaeef2}\
tr,figure,.note{break-inside:avoid}th{font-weight:600;width:16rem}td{white-space:pre-line;overflow-wrap:anywhere}\
code{font-size:.85em;overflow-wrap:anywhere}.note{background:#fff8c5;padding:.6rem .8rem}.small{color:#57606a;font-size:.9em}\
.pair{display:flex;gap:1rem}figure{margin:0;flex:1;min-width:0}figure img{max-width:100%;max-height:24rem}\
.strip img{height:7rem}.strip{display:flex;flex-wrap:wrap;gap:.4rem}\
@page{size:A4;margin:16mm;@bottom-right{content:counter(page) \" / \" counter(pages)}}@media print{body{margin:0;max-width:none}}";

/// A page that is being written.
pub(super) struct Page {
    html: String,
    pub(super) locale: Locale,
}

impl Page {
    pub(super) fn begin(title: &str, locale: Locale) -> Self {
        let mut page = Self { html: String::new(), locale };
        let _ = write!(
            page.html,
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>",
            locale.tag()
        );
        page.text(title);
        let _ = write!(page.html, "</title><style>{STYLE}</style></head><body><main><h1>");
        page.text(title);
        page.html.push_str("</h1>");
        page
    }

    pub(super) fn finish(mut self) -> String {
        self.html.push_str("</main></body></html>\n");
        self.html
    }

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

    fn paragraph(&mut self, class: &str, text: &str) {
        let _ = write!(self.html, "<p class=\"{class}\">");
        self.text(text);
        self.html.push_str("</p>");
    }

    pub(super) fn note(&mut self, text: &str) {
        self.paragraph("note", text);
    }

    pub(super) fn small(&mut self, text: &str) {
        self.paragraph("small", text);
    }

    pub(super) fn heading(&mut self, code: &str) {
        let _ = write!(self.html, "<h2>{}</h2>", label(code, self.locale));
    }

    /// A table under a heading of its own.
    pub(super) fn open(&mut self, code: &str) {
        self.heading(code);
        self.table();
    }

    pub(super) fn table(&mut self) {
        self.html.push_str("<table>");
    }

    pub(super) fn close(&mut self) {
        self.html.push_str("</table>");
    }

    pub(super) fn row(&mut self, code: &str, value: &str) {
        let _ = write!(self.html, "<tr><th scope=\"row\">{}</th><td>", label(code, self.locale));
        self.text(value);
        self.html.push_str("</td></tr>");
    }

    pub(super) fn maybe(&mut self, code: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.row(code, value);
        }
    }

    /// An instant in RFC 3339, by the clock of Almaty.
    pub(super) fn time(&mut self, code: &str, instant: Option<&str>) {
        self.maybe(code, instant.map(almaty).as_deref());
    }

    pub(super) fn heads(&mut self, codes: &[&str]) {
        self.html.push_str("<tr>");
        for code in codes {
            let _ = write!(self.html, "<th scope=\"col\">{}</th>", label(code, self.locale));
        }
        self.html.push_str("</tr>");
    }

    pub(super) fn cells(&mut self, cells: &[String]) {
        self.html.push_str("<tr>");
        for cell in cells {
            self.html.push_str("<td>");
            self.text(cell);
            self.html.push_str("</td>");
        }
        self.html.push_str("</tr>");
    }

    pub(super) fn side_by_side(&mut self, fill: impl FnOnce(&mut Self)) {
        self.html.push_str("<div class=\"pair\">");
        fill(self);
        self.html.push_str("</div>");
    }

    pub(super) fn strip(&mut self, pictures: &[PicturePart]) {
        self.html.push_str("<div class=\"strip\">");
        for picture in pictures {
            self.image(picture, "");
        }
        self.html.push_str("</div>");
    }

    fn image(&mut self, picture: &PicturePart, words: &str) {
        self.html.push_str("<img src=\"");
        self.text(&picture.file);
        self.html.push_str("\" alt=\"");
        self.text(words);
        self.html.push_str("\">");
    }

    pub(super) fn figure(&mut self, code: &str, picture: &PicturePart) {
        let words = label(code, self.locale);
        self.html.push_str("<figure>");
        self.image(picture, words);
        let _ = write!(self.html, "<figcaption>{words}<br><code>SHA-256 ");
        self.text(&picture.sha256);
        self.html.push_str("</code></figcaption></figure>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_markup_in_a_cell_nor_in_an_attribute() {
        let hostile = r#"</td><script>alert('1' & "2")</script>"#;
        let escaped = "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;";
        let mut page = Page::begin(hostile, Locale::En);
        page.row("operator", hostile);
        page.cells(&[hostile.to_owned()]);
        page.note(hostile);
        page.image(&PicturePart { file: hostile.to_owned(), sha256: String::new() }, hostile);
        let html = page.finish();
        assert_eq!(html.matches(escaped).count(), 7, "{html}");
        assert!(!html.contains("<script") && !html.contains(hostile), "{html}");
    }
}
