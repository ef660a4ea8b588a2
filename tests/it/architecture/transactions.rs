//! Transactions are opened and committed by use cases: whoever carries requests or prints answers hands over and takes what
//! comes back.

use syn::visit::{self, Visit};

use super::sources::{Source, crate_sources};

/// Rooms that may.
const MAY: &[&str] = &["app", "store", "startup"];

/// Calls of `begin`, `read` and `commit` that a store answers.
#[derive(Default)]
struct Calls(Vec<String>);

impl<'ast> Visit<'ast> for Calls {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let name = call.method.to_string();
        let of_store = match &*call.receiver {
            syn::Expr::Field(field) => matches!(&field.member, syn::Member::Named(named) if named == "store"),
            syn::Expr::Path(path) => path.path.is_ident("store"),
            _ => false,
        };
        if (matches!(name.as_str(), "begin" | "read") && of_store) || (name == "commit" && call.args.is_empty()) {
            self.0.push(name);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if module.ident != "tests" {
            visit::visit_item_mod(self, module);
        }
    }
}

fn calls(text: &str) -> Vec<String> {
    let mut calls = Calls::default();
    calls.visit_file(&syn::parse_file(text).expect("sources parse"));
    calls.0
}

#[test]
fn use_cases_alone_open_transactions() {
    let outside = |source: &Source| !MAY.contains(&source.module[0].as_str());
    let found: Vec<String> = crate_sources()
        .iter()
        .filter(|source| outside(source))
        .flat_map(|source| calls(&source.text).into_iter().map(|call| format!("{}: {call}", source.path)))
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn calls_are_found() {
    let text =
        "async fn f() { let mut unit = services.store.begin().await?; unit.commit().await?; store.read().await; }";
    assert_eq!(calls(text), ["begin", "commit", "read"]);
    assert!(calls("fn f() { file.read(); options.read(true); }").is_empty());
}
