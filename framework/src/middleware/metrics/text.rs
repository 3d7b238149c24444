use std::fmt::Write as _;

/// Metrics in the text format of Prometheus, version 0.0.4.
///
/// Names are letters, digits, `_` and `:`, not a digit first; other characters become `_`.
#[derive(Debug, Default)]
pub struct MetricsText {
    text: String,
}

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricKind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Counts of what lies below each of several bounds.
    Histogram,
}

impl MetricsText {
    /// Starts the metric of that name; its samples follow.
    pub fn family(&mut self, name: &str, kind: MetricKind, help: &str) {
        let kind = match kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
        };
        self.text.push_str("# HELP ");
        self.name(name);
        self.text.push(' ');
        for one in help.chars() {
            match one {
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                one => self.text.push(one),
            }
        }
        self.text.push_str("\n# TYPE ");
        self.name(name);
        // Writing to a text does not fail.
        let _ = writeln!(self.text, " {kind}");
    }

    /// Adds a value of the metric with these labels.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.name(name);
        for (place, (label, value)) in labels.iter().enumerate() {
            self.text.push(if place == 0 { '{' } else { ',' });
            self.name(label);
            self.text.push_str("=\"");
            escape_label(value, &mut self.text);
            self.text.push('"');
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        let _ = match value {
            f64::INFINITY => writeln!(self.text, " +Inf"),
            f64::NEG_INFINITY => writeln!(self.text, " -Inf"),
            value => writeln!(self.text, " {value}"),
        };
    }

    /// Adds lines that are in the format already, such as those of a library of metrics.
    pub fn lines(&mut self, lines: &str) {
        self.text.push_str(lines);
        if !lines.is_empty() && !lines.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn name(&mut self, name: &str) {
        for (place, one) in name.chars().enumerate() {
            let fits = one.is_ascii_alphabetic()
                || matches!(one, '_' | ':')
                || (place > 0 && one.is_ascii_digit());
            self.text.push(if fits { one } else { '_' });
        }
    }

    pub(super) fn text(&mut self) -> &mut String {
        &mut self.text
    }

    pub(super) fn append(&mut self, other: Self) {
        self.text.push_str(&other.text);
    }

    pub(super) fn into_string(self) -> String {
        self.text
    }
}

/// Appends the value of a label.
pub(super) fn escape_label(value: &str, out: &mut String) {
    for one in value.chars() {
        match one {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            one => out.push(one),
        }
    }
}
