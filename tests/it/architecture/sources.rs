//! The sources of the crate, and every path that they name.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// A path that a source names: resolved from the crate's root when `inside`, else it begins with a crate's name.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) line: usize,
    pub(super) inside: bool,
    pub(super) segments: Vec<String>,
    /// Whether it stands in a test.
    pub(super) in_test: bool,
}

/// One file of the crate.
pub(super) struct Source {
    /// Below `src`, as `app/oauth/exchange.rs`.
    pub(super) path: String,
    /// From the crate's root.
    pub(super) module: Vec<String>,
    pub(super) text: String,
    pub(super) named: Vec<Named>,
}

/// Every file of the crate but its root, which only lists the rooms. What a test module in a file of its own names stands in a test.
pub(super) fn crate_sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files: Vec<(PathBuf, String)> =
        rust_files(&root).into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect();
    let read: Vec<(PathBuf, Vec<String>, String, Collector)> = files
        .into_iter()
        .map(|(path, text)| {
            let path = path.strip_prefix(&root).unwrap().to_owned();
            let module = module_of(&path);
            let names: Vec<&str> = module.iter().map(String::as_str).collect();
            let collector = Collector::read(&names, &text);
            (path, module, text, collector)
        })
        .filter(|(_, module, ..)| module != &["lib"])
        .collect();
    let tests: BTreeSet<Vec<String>> =
        read.iter().flat_map(|(.., collector)| collector.test_modules.iter().cloned()).collect();
    assert!(read.len() > 30, "the walk found only {} files", read.len());
    read.into_iter()
        .map(|(path, module, text, collector)| {
            let is_test = tests.iter().any(|test| module.starts_with(test));
            let named =
                collector.named.into_iter().map(|named| Named { in_test: named.in_test || is_test, ..named }).collect();
            Source { path: path.to_string_lossy().into_owned(), module, text, named }
        })
        .collect()
}

/// Fails with all that `judge` finds in what the files of the crate name.
pub(super) fn hold(judge: impl Fn(&[&str], &[Named]) -> Vec<String>) {
    let found: Vec<String> = crate_sources()
        .iter()
        .flat_map(|source| {
            let module: Vec<&str> = source.module.iter().map(String::as_str).collect();
            judge(&module, &source.named)
        })
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// What `source`, as a file of `module`, names.
pub(super) fn names_of(module: &[&str], source: &str) -> Vec<Named> {
    Collector::read(module, source).named
}

/// Collects every path of a file.
struct Collector {
    /// The module that is being read, from the crate's root.
    module: Vec<String>,
    in_test: bool,
    named: Vec<Named>,
    /// Test modules in files of their own.
    test_modules: Vec<Vec<String>>,
}

impl Collector {
    fn read(module: &[&str], source: &str) -> Self {
        let mut collector = Self {
            module: module.iter().map(ToString::to_string).collect(),
            in_test: false,
            named: Vec::new(),
            test_modules: Vec::new(),
        };
        collector.visit_file(&syn::parse_file(source).expect("sources parse"));
        collector
    }

    fn name(&mut self, line: usize, segments: &[String]) {
        let Some(first) = segments.first() else { return };
        let ups = segments.iter().take_while(|segment| *segment == "super").count();
        let (inside, segments) = match first.as_str() {
            // `rastau` is what the thin binary calls the library.
            "crate" | "rastau" => (true, segments[1..].to_vec()),
            "self" | "super" => {
                let kept = self.module.len().saturating_sub(ups);
                let rest = segments.iter().skip(ups.max(1)).cloned();
                (true, self.module[..kept].iter().cloned().chain(rest).collect())
            }
            _ => (false, segments.to_vec()),
        };
        self.named.push(Named { line, inside, segments, in_test: self.in_test });
    }

    fn name_tree(&mut self, prefix: &[String], tree: &syn::UseTree) {
        let with = |ident: &syn::Ident| [prefix, &[ident.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.name_tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.name(name.span().start().line, &with(&name.ident)),
            syn::UseTree::Rename(rename) => self.name(rename.span().start().line, &with(&rename.ident)),
            syn::UseTree::Glob(glob) => {
                self.name(glob.span().start().line, &[prefix, &["*".to_owned()]].concat());
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.name_tree(prefix, tree)),
        }
    }

    /// Macros are not parsed, so their tokens are read for `a::b::c`.
    fn name_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match &token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) if colons == 2 && !path.is_empty() => {
                    path.push(ident.to_string());
                    colons = 0;
                }
                other => {
                    if colons == 2 && !path.is_empty() {
                        path.push("*".to_owned());
                    }
                    if path.len() > 1 {
                        self.name(line, &path);
                    }
                    path.clear();
                    colons = 0;
                    line = other.span().start().line;
                    if let TokenTree::Ident(ident) = other {
                        path.push(ident.to_string());
                    }
                }
            }
            if let TokenTree::Group(group) = token {
                self.name_tokens(group.stream());
            }
        }
        if path.len() > 1 {
            self.name(line, &path);
        }
    }
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let path = [self.module.as_slice(), &[module.ident.to_string()]].concat();
        let is_test = module.attrs.iter().any(is_test);
        if is_test && module.content.is_none() {
            self.test_modules.push(path.clone());
        }
        let (outer, outer_test) = (std::mem::replace(&mut self.module, path), self.in_test);
        self.in_test |= is_test;
        visit::visit_item_mod(self, module);
        (self.module, self.in_test) = (outer, outer_test);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let outer = self.in_test;
        self.in_test |= item.attrs.iter().any(is_test);
        self.name_tree(&[], &item.tree);
        self.in_test = outer;
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.name(item.span().start().line, &[item.ident.to_string(), "*".to_owned()]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
            self.name(path.span().start().line, &segments);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        visit::visit_macro(self, call);
        self.name_tokens(call.tokens.clone());
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        visit::visit_meta_list(self, list);
        self.name_tokens(list.tokens.clone());
    }
}

fn is_test(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
}

/// All Rust files under `folder`.
pub(super) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// `store/engine/sqlite.rs` is the module `store::engine::sqlite`, `store/mod.rs` is `store`.
fn module_of(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.len() > 1 && parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}
