//! One binary, one command at a time: everything is in the library, so that tests run the same code.
#![forbid(unsafe_code)]

// `RUSTFLAGS` in the environment silently replaces what `.cargo/config.toml` says, and the result would need the host's
// libraries: no release is built that way.
#[cfg(all(not(debug_assertions), target_os = "linux", target_env = "gnu", not(target_feature = "crt-static")))]
compile_error!("a release of Parlor has to be linked statically: unset RUSTFLAGS and build inside the repository");

fn main() -> std::process::ExitCode {
    parlor::cli::run()
}
