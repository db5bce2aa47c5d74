#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| carrierx::promises::check(text));
