//! Routes a request on a machine that has neither an operating system's library nor an allocator.
//!
//!     cargo run --release -- GET /valves/7/readings/2026-02-01.csv
//!
//! The tables are written by `build.rs` from `openapi.yaml` and stand in the program's read-only data.
//! Only what must be different on bare metal takes `unsafe` here: where the program begins, and how
//! it says something.
#![no_std]
#![no_main]

use core::ffi::{CStr, c_char, c_int};
use core::fmt::{self, Write};
use core::panic::PanicInfo;

use brrtrouter_core::{
    Date, Frozen, Lookup, Param, ParamError, Params, PathParams, Source, TemplateRef,
};
use uuid::Uuid;

include!(concat!(env!("OUT_DIR"), "/routes.rs"));

const ID: Param<Uuid> = Param::new("id");
const LABEL: Param<str> = Param::new("label");
const OPEN: Param<bool> = Param::new("open");
const VALVE: Param<u8> = Param::new("valve");
const DAY: Param<Date> = Param::new("day");

/// Where the readings of a valve are.
const READINGS: TemplateRef<'_> =
    TemplateRef::new("/valves/{valve}/readings/{day}.csv", &[&VALVE, &DAY]).unwrap();

/// Says what a request is routed to; 0 where something is found.
fn run(method: &str, target: &str, out: &mut impl Write) -> Result<c_int, fmt::Error> {
    let router = match Frozen::load(&ROUTES) {
        Ok(router) => router,
        Err(error) => {
            writeln!(out, "{error}")?;
            return Ok(3);
        }
    };
    let mut params = PathParams::new();
    match router.lookup(method, target, &mut params) {
        Lookup::Found(found) => {
            let source = Source::new(target, &params, &());
            let params = Params::frozen(&router, found.route, source);
            let name = router.name(found.route).unwrap_or_default();
            match answer(name, params, out) {
                Ok(answered) => answered.map(|()| 0),
                Err(fault) => {
                    writeln!(out, "400, {fault}")?;
                    Ok(1)
                }
            }
        }
        Lookup::MethodNotAllowed(allow) => {
            writeln!(out, "405, Allow: {allow}")?;
            Ok(1)
        }
        Lookup::BadPath(reason) => {
            writeln!(out, "400, {reason}")?;
            Ok(1)
        }
        _ => {
            writeln!(out, "404")?;
            Ok(1)
        }
    }
}

/// Reads the parameters of an operation and answers with them.
fn answer<'r>(
    operation: &str,
    params: Params<'r>,
    out: &mut impl Write,
) -> Result<fmt::Result, ParamError<'r>> {
    Ok(match operation {
        "getMeter" => {
            let (id, label) = (params.get(ID)?, params.find(LABEL)?);
            match label {
                Some(label) => writeln!(out, "meter {id}, {label}"),
                None => writeln!(out, "meter {id}"),
            }
        }
        "listValves" => match params.find(OPEN)? {
            Some(true) => writeln!(out, "the open valves"),
            Some(false) => writeln!(out, "the closed valves"),
            None => writeln!(out, "all valves"),
        },
        "getReadings" => {
            let (valve, day) = (params.get(VALVE)?, params.get(DAY)?);
            readings(valve, day, out)
        }
        "getTemplates" => writeln!(out, "{READINGS}"),
        other => {
            let valve = params.get(VALVE)?;
            writeln!(out, "{other} valve={valve}")
        }
    })
}

/// Says which readings are asked for, and where those of the next day are.
fn readings(valve: u8, day: Date, out: &mut impl Write) -> fmt::Result {
    write!(out, "valve {valve} on {day}; the next day: ")?;
    let (year, month) = (day.year(), day.month());
    let next = Date::new(year, month, day.day() + 1)
        .or(Date::new(year, month + 1, 1))
        .or(Date::new(year + 1, 1, 1));
    if let Some(next) = next {
        READINGS
            .write_url(out, &[&VALVE.with(&valve), &DAY.with(&next)], &[])
            .map_err(|_| fmt::Error)?;
    }
    writeln!(out)
}

/// What is written to it goes to standard output.
struct Output;

#[link(name = "c")]
unsafe extern "C" {
    fn write(file: c_int, bytes: *const u8, len: usize) -> isize;
}

impl Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut left = text.as_bytes();
        while !left.is_empty() {
            // SAFETY: as many bytes can be read as are said.
            let written = unsafe { write(1, left.as_ptr(), left.len()) };
            let written = usize::try_from(written).map_err(|_| fmt::Error)?;
            left = left.get(written.max(1)..).unwrap_or_default();
        }
        Ok(())
    }
}

/// Where C begins.
///
/// # Safety
///
/// `arguments` must be `count` pointers to strings of C, as the caller's contract has it.
// SAFETY: no other symbol of the program has this name.
#[unsafe(no_mangle)]
unsafe extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    let argument = |index: usize| {
        if index >= usize::try_from(count).unwrap_or_default() {
            return None;
        }
        // SAFETY: there are so many, each of them a string.
        let text = unsafe { CStr::from_ptr(*arguments.add(index)) };
        text.to_str().ok()
    };
    let (Some(method), Some(target)) = (argument(1), argument(2)) else {
        let _ = Output.write_str("usage: no-alloc METHOD TARGET\n");
        return 2;
    };
    run(method, target, &mut Output).unwrap_or(2)
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
