//! The container image, without building it: its last stage installs every library that the program links, out of the Debian
//! release that these tests run on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::support::app::models;

/// One stage of a Dockerfile.
struct Stage {
    base: String,
    instructions: Vec<String>,
}

/// Stages in their order, with the defaults of arguments put in and continued lines joined.
fn stages(dockerfile: &str) -> Vec<Stage> {
    let kept: Vec<&str> = dockerfile.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let joined = kept.join("\n").replace("\\\n", " ");
    let mut arguments = BTreeMap::new();
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    let mut stages: Vec<Stage> = Vec::new();
    for line in joined.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (instruction, rest) = line.split_once(' ').unwrap_or((line, ""));
        match instruction {
            "ARG" if stages.is_empty() => {
                let (name, value) = rest.split_once('=').expect("an argument has a default");
                arguments.insert(format!("${{{name}}}"), value.to_owned());
            }
            "FROM" => {
                let base = rest.split(' ').next().unwrap_or_default();
                let base = arguments.get(base).cloned().unwrap_or_else(|| base.to_owned());
                // A stage that goes on where another ended stands on the same.
                let base = named.get(&base).cloned().unwrap_or(base);
                if let Some((_, name)) = rest.split_once(" AS ") {
                    named.insert(name.to_owned(), base.clone());
                }
                stages.push(Stage { base, instructions: Vec::new() });
            }
            _ => stages.last_mut().expect("a stage begins with FROM").instructions.push(line.to_owned()),
        }
    }
    stages
}

/// Packages that the stage installs.
fn installed(stage: &Stage) -> BTreeSet<String> {
    let runs = stage.instructions.iter().flat_map(|line| line.split("&&"));
    let installs = runs.filter_map(|command| command.split_once("apt-get install"));
    let words = installs.flat_map(|(_, rest)| rest.split_whitespace());
    words.filter(|word| !word.starts_with('-')).map(ToOwned::to_owned).collect()
}

/// What Debian's packages on this machine need and provide.
#[derive(Default)]
struct Packages {
    needs: BTreeMap<String, Vec<Vec<String>>>,
    provided_by: BTreeMap<String, BTreeSet<String>>,
}

impl Packages {
    /// Of lines with package, needs and provisions, a tab between them.
    fn read(lines: &str) -> Self {
        let name = |word: &str| word.trim().split([' ', ':', '(']).next().unwrap_or_default().to_owned();
        let mut packages = Self::default();
        for line in lines.lines() {
            let mut parts = line.splitn(3, '\t');
            let (Some(package), Some(needs), Some(provides)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let groups = needs.split(',').filter(|group| !group.trim().is_empty());
            let groups = groups.map(|group| group.split('|').map(name).collect()).collect();
            packages.needs.insert(package.to_owned(), groups);
            for virtual_name in
                provides.split(',').map(name).chain([package.to_owned()]).filter(|name| !name.is_empty())
            {
                packages.provided_by.entry(virtual_name).or_default().insert(package.to_owned());
            }
        }
        packages
    }

    /// Everything that comes with these; of alternatives the first that this machine has.
    fn closure(&self, wanted: &BTreeSet<String>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut waiting: Vec<String> = wanted.iter().cloned().collect();
        while let Some(package) = waiting.pop() {
            let needs =
                self.needs.get(&package).unwrap_or_else(|| panic!("{package} is not installed here: install it"));
            if found.insert(package) {
                let first = |group: &Vec<String>| group.iter().find_map(|name| self.provided_by.get(name)).cloned();
                waiting.extend(needs.iter().filter_map(first).flatten());
            }
        }
        found
    }
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap_or_else(|why| panic!("{program}: {why}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it writes UTF-8")
}

/// Libraries that the dynamic linker loads for a program, as files.
fn libraries(program: &str) -> BTreeSet<String> {
    let listing = output("ldd", &[program]);
    assert!(!listing.contains("not found"), "{listing}");
    let files = listing.lines().filter_map(|line| line.split_once("=> ")?.1.split(' ').next());
    files.map(ToOwned::to_owned).collect()
}

/// Names under which a package may know a file: where `/lib` is a link to `/usr/lib`, either.
fn known_as(file: &str) -> [String; 3] {
    let real = std::fs::canonicalize(file).unwrap_or_else(|why| panic!("{file}: {why}"));
    let real = real.to_str().expect("paths are UTF-8").to_owned();
    let short = real.strip_prefix("/usr").unwrap_or(&real).to_owned();
    [file.to_owned(), real, short]
}

/// The packages that files are of.
fn owners(files: &BTreeSet<String>) -> BTreeMap<String, String> {
    let names: Vec<(&String, [String; 3])> = files.iter().map(|file| (file, known_as(file))).collect();
    // It fails where one name is nobody's, and tells of the others.
    let search = Command::new("dpkg-query").arg("--search").args(names.iter().flat_map(|(_, names)| names)).output();
    let listing = String::from_utf8(search.expect("dpkg is there").stdout).expect("it writes UTF-8");
    let lines: Vec<(&str, &str)> = listing.lines().filter_map(|line| line.split_once(": ")).collect();
    let of = |names: &[String; 3]| lines.iter().find(|(_, path)| names.iter().any(|name| name == path));
    let each = names.iter().map(|(file, names)| {
        let (package, _) = of(names).unwrap_or_else(|| panic!("{file} is of no package"));
        ((*file).clone(), package.split([':', ',']).next().unwrap_or_default().to_owned())
    });
    each.collect()
}

/// Libraries whose packages are not among these.
fn missing(owners: &BTreeMap<String, String>, packages: &BTreeSet<String>) -> Vec<String> {
    let missing = owners.iter().filter(|(_, package)| !packages.contains(*package));
    missing.map(|(file, package)| format!("{file} of {package}")).collect()
}

/// The library that the program loads by itself.
fn onnx_runtime() -> String {
    let files = std::fs::read_dir(models().join("store")).expect("the models");
    let mut paths = files.map(|file| file.expect("a file").path().to_str().expect("paths are UTF-8").to_owned());
    paths.find(|path| path.contains("/libonnxruntime.so")).expect("the models have their runtime")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn dockerfile() -> Vec<Stage> {
    stages(&std::fs::read_to_string(root().join("docker/Dockerfile")).expect("a Dockerfile"))
}

/// What dpkg knows of this machine.
fn this_machine() -> Packages {
    let format = "--showformat=${Package}\t${Pre-Depends}, ${Depends}\t${Provides}\n";
    Packages::read(&output("dpkg-query", &["--show", format]))
}

#[test]
fn the_image_installs_what_the_program_links() {
    let (last, debian) = (dockerfile().pop().expect("a last stage"), this_machine());
    let mut linked = libraries(env!("CARGO_BIN_EXE_rastau"));
    linked.extend(libraries(&onnx_runtime()));
    assert!(linked.iter().any(|file| file.contains("libopencv_core")), "{linked:?}");
    let (owners, packages) = (owners(&linked), debian.closure(&installed(&last)));
    assert_eq!(missing(&owners, &packages), Vec::<String>::new(), "installed: {packages:?}");
    // With one package less something is missing: calib3d comes with no other.
    let without = installed(&last).into_iter().filter(|package| !package.contains("calib3d")).collect();
    let lost = missing(&owners, &debian.closure(&without));
    assert!(lost.iter().any(|library| library.contains("libopencv_calib3d")), "{lost:?}");
}

#[test]
fn the_image_is_of_the_release_that_these_tests_run_on() {
    let release = std::fs::read_to_string("/etc/os-release").expect("a release");
    let codename = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME=")).expect("a codename");
    for stage in dockerfile() {
        let tag = stage.base.split('@').next().unwrap_or_default();
        assert!(tag.ends_with(codename) || tag.contains(&format!("{codename}-")), "{} is not {codename}", stage.base);
    }
}

#[test]
fn the_image_is_built_by_a_rust_that_the_package_takes() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
    let version = |text: &str| -> Vec<u32> {
        text.split('.').map(|part| part.parse().unwrap_or_else(|why| panic!("{text}: {why}"))).collect()
    };
    let least = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).expect("a version");
    let stages = dockerfile();
    let rust = stages.iter().find_map(|stage| stage.base.strip_prefix("rust:")).expect("a stage with Rust");
    let rust = rust.split('-').next().unwrap_or_default();
    assert!(version(rust) >= version(least.trim_matches('"')), "{rust} is older than {least}");
}

#[test]
fn what_the_image_is_made_of_is_there_and_reaches_the_builder() {
    let ignore = std::fs::read_to_string(root().join(".dockerignore")).expect("a .dockerignore");
    let let_in: BTreeSet<&str> = ignore.lines().filter_map(|line| line.strip_prefix('!')).collect();
    for name in &let_in {
        assert!(root().join(name).exists(), ".dockerignore lets in {name}, which is not there");
    }
    let stages = dockerfile();
    let copies = stages.iter().flat_map(|stage| &stage.instructions).filter(|line| line.starts_with("COPY "));
    let from_here = copies.filter(|line| !line.contains("--from="));
    for line in from_here {
        let mut names: Vec<&str> = line.split_whitespace().skip(1).collect();
        names.pop();
        for name in names.into_iter().filter(|name| *name != ".") {
            let folder = name.split('/').next().unwrap_or_default();
            assert!(root().join(name).exists() && let_in.contains(folder), "{line}: {name} does not reach the builder");
        }
    }
}

#[test]
fn a_dockerfile_and_packages_are_read_as_they_are_meant() {
    let file = "# x\nARG B=debian:bookworm-slim\nFROM rust:1-bookworm AS builder\nRUN apt-get install -y clang\nFROM ${B}\n\
        RUN apt-get update \\\n    && apt-get install -y --no-install-recommends \\\n        a b \\\n    && rm -rf /x\nUSER u\n";
    let stages = stages(file);
    let last = stages.last().unwrap();
    assert_eq!((stages.len(), last.base.as_str()), (2, "debian:bookworm-slim"));
    assert_eq!(installed(last), ["a", "b"].map(String::from).into());
    let packages = Packages::read("a\tc (>= 1), d | e\t\nb\t\t\nc:x\t\t\nc\t\t\ne\tf:any\tx (= 2)\nf\t\t\ng\tx\t\n");
    assert_eq!(packages.closure(&["a".to_owned()].into()), ["a", "c", "e", "f"].map(String::from).into());
    assert_eq!(packages.closure(&["g".to_owned()].into()), ["e", "f", "g"].map(String::from).into());
}
