//! No test passes because what it looks at is not there: whoever returns early has said so through `leave_out`.

use std::path::Path;

use syn::visit::{self, Visit};

use super::sources::rust_files;

/// Those that say what is left out, and give nothing then.
const SAY_SO: [&str; 9] = [
    "examiner",
    "models",
    "evaluation",
    "second_decoder",
    "postgres",
    "far_database",
    "start_on_postgres",
    "start_on_postgres_with",
    "Exim",
];

/// Early returns of tests that nobody hears of.
#[derive(Default)]
struct Silent {
    in_test: bool,
    test: String,
    found: Vec<String>,
}

impl<'a> Visit<'a> for Silent {
    fn visit_item_fn(&mut self, function: &'a syn::ItemFn) {
        let is_test = function
            .attrs
            .iter()
            .any(|attribute| attribute.path().segments.last().is_some_and(|segment| segment.ident == "test"));
        let outer = std::mem::replace(&mut self.in_test, is_test);
        // Whoever runs what is ignored looks at it themselves.
        let is_ignored = function.attrs.iter().any(|attribute| attribute.path().is_ident("ignore"));
        self.in_test &= !is_ignored;
        self.test = function.sig.ident.to_string();
        visit::visit_item_fn(self, function);
        self.in_test = outer;
    }

    // What a closure or a task returns ends itself alone.
    fn visit_expr_closure(&mut self, _: &'a syn::ExprClosure) {}

    fn visit_expr_async(&mut self, _: &'a syn::ExprAsync) {}

    // Nor is it an early return where something that was waited for has come: what follows the loop fails.
    fn visit_expr_for_loop(&mut self, _: &'a syn::ExprForLoop) {}

    fn visit_expr_loop(&mut self, _: &'a syn::ExprLoop) {}

    fn visit_local(&mut self, local: &'a syn::Local) {
        let says_so = local.init.as_ref().is_some_and(|init| {
            let mut words = Words::default();
            words.visit_expr(&init.expr);
            init.diverge.is_some() && words.0.iter().any(|word| SAY_SO.contains(&word.as_str()))
        });
        if !says_so {
            visit::visit_local(self, local);
        }
    }

    fn visit_expr_return(&mut self, back: &'a syn::ExprReturn) {
        if self.in_test && back.expr.is_none() {
            self.found.push(self.test.clone());
        }
    }
}

/// Every name of an expression.
#[derive(Default)]
struct Words(Vec<String>);

impl<'a> Visit<'a> for Words {
    fn visit_ident(&mut self, word: &'a syn::Ident) {
        self.0.push(word.to_string());
    }
}

fn silent(text: &str) -> Vec<String> {
    let mut silent = Silent::default();
    silent.visit_file(&syn::parse_file(text).unwrap());
    silent.found
}

#[test]
fn no_test_returns_early_without_a_word() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = rust_files(&root.join("src"));
    files.extend(rust_files(&root.join("tests")));
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let place = file.strip_prefix(root).unwrap().display().to_string();
        found.extend(silent(&text).into_iter().map(|test| format!("{place}: {test}")));
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_silent_return_is_caught() {
    let caught = [
        "#[test] fn a() { if !there() { return; } assert!(true); }",
        "#[tokio::test] async fn a() { let Some(x) = file() else { return }; look(x); }",
        "#[actix_web::test] async fn a() { let Ok(_) = std::fs::read(\"models\") else { return }; }",
    ];
    for text in caught {
        assert_eq!(silent(text), ["a"], "{text}");
    }
    let allowed = [
        "#[test] fn a() { let Some(mut examiner) = examiner() else { return }; look(examiner); }",
        "#[test] fn a() { each(|x| { if x { return; } look(x) }); }",
        "#[test] fn a() { for _ in 0..9 { if done() { return; } } panic!(); }",
        "#[test] #[ignore] fn a() { if !there() { return; } }",
        "fn helper() { return; }",
    ];
    for text in allowed {
        assert_eq!(silent(text), Vec::<String>::new(), "{text}");
    }
}
