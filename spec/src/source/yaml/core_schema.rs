//! The core schema of YAML 1.2 (§10.3.2): which plain scalars are not text.

use serde_json::{Number, Value};

/// What a plain scalar stands for.
pub(super) enum Plain {
    /// A JSON value.
    Value(Value),
    /// A number that JSON, or a 64-bit number, cannot hold exactly: its nearest.
    Rounded(Value),
    /// An infinity or not a number, which JSON does not have.
    NotFinite,
    /// Text.
    Text,
}

/// Resolves a plain scalar.
pub(super) fn resolve(text: &str) -> Plain {
    let Some(first) = text.bytes().next() else {
        return Plain::Value(Value::Null);
    };
    match first {
        b'~' | b'n' | b'N' if matches!(text, "~" | "null" | "Null" | "NULL") => {
            Plain::Value(Value::Null)
        }
        b't' | b'T' if matches!(text, "true" | "True" | "TRUE") => Plain::Value(Value::Bool(true)),
        b'f' | b'F' if matches!(text, "false" | "False" | "FALSE") => {
            Plain::Value(Value::Bool(false))
        }
        b'0'..=b'9' | b'+' | b'-' | b'.' => number(text),
        _ => Plain::Text,
    }
}

fn number(text: &str) -> Plain {
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Plain::NotFinite;
    }
    if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return integer(text.strip_prefix('+').unwrap_or(text));
    }
    if is_float(unsigned) {
        return float(text);
    }
    Plain::Text
}

fn radix(digits: &str, radix: u32) -> Plain {
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Plain::Text;
    }
    match u64::from_str_radix(digits, radix) {
        Ok(value) => Plain::Value(Value::from(value)),
        Err(_) => {
            let nearest = digits
                .chars()
                .filter_map(|digit| digit.to_digit(radix))
                .fold(0.0, |sum, digit| sum * f64::from(radix) + f64::from(digit));
            rounded(nearest)
        }
    }
}

fn integer(text: &str) -> Plain {
    if let Ok(value) = text.parse::<i64>() {
        return Plain::Value(Value::from(value));
    }
    if let Ok(value) = text.parse::<u64>() {
        return Plain::Value(Value::from(value));
    }
    text.parse().map_or(Plain::NotFinite, rounded)
}

/// `[0-9]+ (\. [0-9]*)? | \. [0-9]+`, then an exponent or none.
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if !are_digits(whole) || !are_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return false;
    }
    exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && are_digits(digits)
    })
}

fn float(text: &str) -> Plain {
    match text.parse::<f64>().ok().and_then(Number::from_f64) {
        Some(number) => Plain::Value(Value::Number(number)),
        None => Plain::NotFinite,
    }
}

fn rounded(nearest: f64) -> Plain {
    Number::from_f64(nearest).map_or(Plain::NotFinite, |number| {
        Plain::Rounded(Value::Number(number))
    })
}
