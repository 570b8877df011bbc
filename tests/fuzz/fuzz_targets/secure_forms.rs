#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| parlor::fuzzing::run("secure_forms", data));
