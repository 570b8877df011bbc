//! Panics on threads that no test owns: a task of the appliance that died would otherwise go unnoticed.

use std::sync::{Mutex, Once};

static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());
static HOOK: Once = Once::new();

/// Starts watching, once for the whole test binary.
pub fn watch() {
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let thread = std::thread::current();
            let name = thread.name().unwrap_or("unnamed");
            // The test runner names its threads after the tests; what the appliance itself says stands under src/.
            let of_a_test = name.contains("::") || name == "main";
            let in_the_product = info.location().is_some_and(|at| at.file().starts_with("src/"));
            if !of_a_test || in_the_product {
                SEEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(format!("thread {name}: {info}"));
            }
            usual(info);
        }));
    });
}

pub fn seen() -> Vec<String> {
    SEEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
}
