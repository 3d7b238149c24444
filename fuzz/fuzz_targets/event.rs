#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| brrtrouter_properties::event(bytes));
