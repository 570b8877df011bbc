//! Templates, styles and scripts: nothing unused, nothing unescaped, nothing inline.

use super::none;
use crate::harness::source::{files, words};

#[test]
fn every_template_is_used() {
    let sources = files("src", &[".rs"]);
    let templates = files("templates", &[".html", ".txt"]);
    let mut unused = Vec::new();
    for template in &templates {
        let name = template.path.trim_start_matches("templates/");
        let quoted = format!("\"{name}\"");
        let used = sources.iter().chain(&templates).any(|file| file.path != template.path && file.text.contains(&quoted));
        if !used {
            unused.push(template.path.clone());
        }
    }
    none("a template that nothing draws", &unused);
}

/// Pages that leave the appliance in a file.
const LEAVING: [&str; 3] = ["templates/console/export.html", "templates/paper/file.html", "templates/widget/data/sheet.html"];

#[test]
fn templates_escape_and_hold_no_code() {
    let mut offences = Vec::new();
    for file in files("templates", &[".html"]) {
        for (index, line) in file.text.lines().enumerate() {
            let bare: String = line.split_whitespace().collect();
            let wrong = bare.contains("|safe")
                || bare.contains("{%autoescape")
                || bare.contains("style=\"")
                || (line.contains("<script") && !line.contains("src="))
                // A file that leaves the appliance has no other place for its style.
                || (line.contains("<style") && !LEAVING.contains(&&*file.path))
                || words(line)
                    .any(|word| word.starts_with("onclick") || word.starts_with("onload") || word.starts_with("onsubmit"))
                || line.contains("javascript:");
            if wrong {
                offences.push(format!("{}:{} {}", file.path, index + 1, line.trim()));
            }
        }
    }
    for file in files("src", &[".rs"]) {
        for (number, line) in file.shipped_lines() {
            let bare: String = line.split_whitespace().collect();
            if bare.contains("escape=\"none\"") || bare.contains("MarkupDisplay::new_safe") || bare.contains("filters::safe") {
                offences.push(format!("{}:{number} {}", file.path, line.trim()));
            }
        }
    }
    none("markup that is not escaped, or code inside a page", &offences);
}

#[test]
fn every_style_and_script_is_in_a_bundle() {
    let lists: String = files("assets", &["bundles.toml"]).into_iter().map(|file| file.text).collect();
    let stray: Vec<_> = files("assets", &[".css", ".js"])
        .iter()
        .filter(|file| !lists.contains(&format!("{}\"", file.path.trim_start_matches("assets/"))))
        .map(|file| file.path.clone())
        .collect();
    none("in no bundle of assets/bundles.toml", &stray);
}

#[test]
fn the_window_with_files_is_the_window_and_its_files() {
    let lists: String = files("assets", &["bundles.toml"]).into_iter().map(|file| file.text).collect();
    let of = |bundle: &str| -> Vec<String> {
        let (_, list) = lists.split_once(&format!("\"{bundle}\" = [")).unwrap();
        let (list, _) = list.split_once(']').unwrap();
        list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
    };
    for (whole, part, more) in [
        ("panel-with-files.js", "panel.js", "assets/widget/panel/files.js"),
        ("panel-with-files.css", "panel.css", "assets/widget/panel/files.css"),
    ] {
        let (mut whole, part) = (of(whole), of(part));
        whole.retain(|file| file != more);
        assert_eq!(whole, part, "assets/bundles.toml");
    }
}

#[test]
fn scripts_never_turn_text_into_markup() {
    const SINKS: [&str; 7] =
        ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser"];
    let mut offences = Vec::new();
    for file in files("assets", &[".js"]) {
        // The one place where console fragments, rendered and escaped by the server, become nodes under the policy `parlor`.
        if file.path == "assets/js/html.js" {
            continue;
        }
        for (index, line) in file.text.lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            if SINKS.iter().any(|sink| line.contains(sink)) {
                offences.push(format!("{}:{} {}", file.path, index + 1, line.trim()));
            }
        }
    }
    none("a place where text could become markup", &offences);
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let mut offences = Vec::new();
    for file in files("templates", &[".html"]).iter().chain(&files("assets", &[".css", ".js"])) {
        for (index, line) in file.text.lines().enumerate() {
            let foreign = ["src=\"http", "src=\"//", "url(http", "url(\"http", "@import", "import(\"http", "from \"http"];
            if !line.trim_start().starts_with("//") && foreign.iter().any(|piece| line.contains(piece)) {
                offences.push(format!("{}:{} {}", file.path, index + 1, line.trim()));
            }
        }
    }
    none("a page of the appliance needs nobody else", &offences);
}
