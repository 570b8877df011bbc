//! Puts the browser's files into the binary: concatenates the bundles that `assets/bundles.toml` lists, compresses them, and
//! writes a table for `src/web/assets.rs`. No bundler, no Node: the sources are ES modules that also read well unbundled. What
//! visitors load is shortened as well.
//!
//! The output depends on nothing but the files' bytes, so the same checkout builds the same binary anywhere.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use data_encoding::{BASE64, HEXLOWER};
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::{Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;
use sha2::{Digest, Sha256, Sha384};

// What the browser gets of the texts is made by the same code that checks them.
#[path = "src/texts/grammar.rs"]
mod grammar;

const LIST: &str = "assets/bundles.toml";

struct Bundle {
    name: String,
    files: Vec<String>,
}

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={LIST}");
    println!("cargo::rerun-if-changed=src/texts/grammar.rs");
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("cargo::error={message}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(|error| error.to_string())?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|error| error.to_string())?);
    let list = fs::read_to_string(root.join(LIST)).map_err(|error| format!("{LIST}: {error}"))?;

    let mut table = String::from("static ASSETS: &[Asset] = &[\n");
    for bundle in read_list(&list)? {
        let bytes = concatenate(&root, &bundle)?;
        let bytes = match bundle.name.as_str() {
            "widget.js" => shortened(&bundle.name, &bytes, SourceType::script())?,
            "panel.js" | "panel-with-files.js" | "panel-forms.js" | "panel-invited.js" | "panel-card.js" => {
                shortened(&bundle.name, &bytes, SourceType::mjs())?
            }
            "panel.css" | "panel-with-files.css" => tightened(&String::from_utf8_lossy(&bytes)).into_bytes(),
            _ => bytes,
        };
        write_asset(&out, &bundle.name, &bytes, &mut table)?;
    }
    table.push_str("];\n");
    fs::write(out.join("assets.rs"), table).map_err(|error| error.to_string())
}

/// The part of TOML that the list needs: `"name" = ["file", …]`, over as many lines as it likes, and `#` comments.
fn read_list(text: &str) -> Result<Vec<Bundle>, String> {
    let mut bundles: Vec<Bundle> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let wrong = || format!("{LIST}, line {}: expected `\"name.js\" = [\"file\", …]`", number + 1);
        let mut rest = line;
        if !inside && !line.is_empty() {
            let (name, files) = line.split_once('=').ok_or_else(wrong)?;
            let name = name.trim().trim_matches('"');
            if name.is_empty() || bundles.iter().any(|bundle| bundle.name == name) {
                return Err(wrong());
            }
            bundles.push(Bundle { name: name.to_owned(), files: Vec::new() });
            rest = files.trim().strip_prefix('[').ok_or_else(wrong)?;
            inside = true;
        }
        if inside {
            let bundle = bundles.last_mut().ok_or_else(wrong)?;
            // Between quotes stand the files, outside them commas and perhaps the closing bracket.
            for (position, part) in rest.split('"').enumerate() {
                if position % 2 == 1 {
                    bundle.files.push(part.to_owned());
                } else if part.contains(']') {
                    inside = false;
                }
            }
        }
    }
    if inside { Err(format!("{LIST}: the last list is not closed")) } else { Ok(bundles) }
}

fn concatenate(root: &Path, bundle: &Bundle) -> Result<Vec<u8>, String> {
    let mut whole = Vec::new();
    let mut texts = BTreeMap::new();
    for file in &bundle.files {
        println!("cargo::rerun-if-changed={file}");
        let bytes = fs::read(root.join(file))
            .map_err(|error| format!("{file}, which {LIST} lists in \"{}\", cannot be read: {error}", bundle.name))?;
        match (extension(file), extension(&bundle.name)) {
            ("ftl", _) => texts.extend(read_texts(root, file)?),
            (_, kind @ ("js" | "css")) => {
                let text = String::from_utf8(bytes).map_err(|_| format!("{file} is not UTF-8"))?;
                whole.extend_from_slice(slimmed(&text, kind == "js").as_bytes());
            }
            _ => whole.extend_from_slice(&bytes),
        }
    }
    if !texts.is_empty() {
        let told = texts.iter().filter(|(key, _)| grammar::is_for_the_window(key) && !grammar::comes_later(key));
        writeln!(whole, "globalThis.parlorTexts={}", grammar::json(told)).map_err(|error| error.to_string())?;
    }
    Ok(whole)
}

/// What visitors load, with short names and without what is only for readers. Staff get theirs as it is written.
fn shortened(name: &str, bytes: &[u8], kind: SourceType) -> Result<Vec<u8>, String> {
    let source = std::str::from_utf8(bytes).map_err(|_| format!("{name} is not UTF-8"))?;
    let memory = Allocator::default();
    let mut parsed = Parser::new(&memory, source, kind).parse();
    if let Some(error) = parsed.diagnostics.first() {
        return Err(format!("{name}: {error}"));
    }
    let done = Minifier::new(MinifierOptions::default()).minify(&memory, &mut parsed.program);
    let printed = Codegen::new()
        .with_options(CodegenOptions::minify())
        .with_scoping(done.scoping)
        .with_private_member_mappings(done.class_private_mappings)
        .build(&parsed.program);
    Ok(printed.code.into_bytes())
}

/// The visitor's stylesheet without the spaces that only readers need. It has no strings in which they would count.
fn tightened(css: &str) -> String {
    let pairs =
        [(": ", ":"), ("; ", ";"), (" {", "{"), ("{ ", "{"), (" }", "}"), (", ", ","), (";\n", ";"), ("{\n", "{"), ("}\n", "}")];
    pairs.iter().fold(css.to_owned(), |css, (loose, tight)| css.replace(loose, tight))
}

fn read_texts(root: &Path, file: &str) -> Result<BTreeMap<String, grammar::Text>, String> {
    let source = fs::read_to_string(root.join(file)).map_err(|error| format!("{file}: {error}"))?;
    grammar::read(&source).map_err(|(place, error)| format!("{file}, {place}: {error}"))
}

/// Drops indentation, blank lines, comments that have their lines to themselves, `import` lines and the word `export`. Files of one
/// bundle share a scope, so nothing needs importing there. Strings over several lines must not depend on what is dropped.
fn slimmed(text: &str, script: bool) -> String {
    let mut slim = String::with_capacity(text.len());
    let mut in_comment = false;
    for line in text.lines() {
        let line = line.trim();
        if in_comment || line.starts_with("/*") {
            in_comment = !line.ends_with("*/");
            continue;
        }
        let module_only = script && (line.starts_with("//") || line.starts_with("import ") || line.starts_with("export {"));
        if line.is_empty() || module_only {
            continue;
        }
        slim.push_str(if script { line.strip_prefix("export ").unwrap_or(line) } else { line });
        slim.push('\n');
    }
    slim
}

fn write_asset(out: &Path, name: &str, bytes: &[u8], table: &mut String) -> Result<(), String> {
    let hash = HEXLOWER.encode(&Sha256::digest(bytes));
    let (stem, extension) = name.rsplit_once('.').ok_or_else(|| format!("{LIST}: {name} has no extension"))?;
    let file = format!("{stem}.{}.{extension}", &hash[..12]);
    let integrity = format!("sha384-{}", BASE64.encode(&Sha384::digest(bytes)));

    let plain = out.join(&file);
    let packed = out.join(format!("{file}.br"));
    fs::write(&plain, bytes).map_err(|error| error.to_string())?;
    fs::write(&packed, brotli(bytes)?).map_err(|error| error.to_string())?;

    writeln!(
        table,
        "Asset {{ name: {name:?}, file: {file:?}, url: {url:?}, integrity: {integrity:?}, etag: {etag:?}, content_type: {kind:?}, plain: include_bytes!({plain:?}), brotli: include_bytes!({packed:?}) }},",
        url = format!("/assets/{file}"),
        etag = format!("\"{}\"", &hash[..32]),
        kind = content_type(extension),
    )
    .map_err(|error| error.to_string())
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &parameters).map_err(|error| error.to_string())?;
    Ok(packed)
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
