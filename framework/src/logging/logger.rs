use std::fmt;
use std::io;
use std::sync::Arc;

use log::kv::{self, VisitSource, VisitValue};
use log::{LevelFilter, Log, Metadata, Record};

use crate::clock::Moment;
use crate::logging::{Entry, Line, LogFormat, LogWriter, MomentText, Sink, key};

/// Writes the records of the `log` crate: one line each, made on the thread that logs and written by
/// another one.
///
/// ```no_run
/// use brrtrouter::logging::Logger;
/// use log::LevelFilter;
///
/// # fn main() -> Result<(), brrtrouter::Error> {
/// let _guard = Logger::json(std::io::stderr())?
///     .level(LevelFilter::Info)
///     .target("brrtrouter", LevelFilter::Warn)
///     .install()?;
/// let pets = 7;
/// log::info!(pets; "the store is open");
/// # Ok(())
/// # }
/// ```
///
/// | field | is |
/// |---|---|
/// | `time` | when it was said, in UTC with milliseconds |
/// | `level`, `target`, `message` | of the record |
/// | `fields` | the pairs that the record carries, by their names; in a text they stand beside the others |
///
/// A coroutine has no current request: a line belongs to one if the handler says so, as in
/// `info!(request = id.as_str(); …)` with the [`RequestId`](crate::middleware::RequestId) that it takes
/// as an argument.
#[derive(Debug)]
pub struct Logger {
    writer: Arc<LogWriter>,
    format: LogFormat,
    level: LevelFilter,
    /// The longest name first.
    targets: Vec<(String, LevelFilter)>,
}

/// Why records cannot be logged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoggerError {
    /// The system refused a thread.
    #[error("no thread to write the log on: {0}")]
    Thread(#[from] io::Error),
    /// The process logs elsewhere already.
    #[error("the process has a logger already")]
    Taken,
}

/// Waits, when it is dropped, until all that was logged before is written.
#[derive(Debug)]
#[must_use = "what is logged last may be lost without it"]
pub struct LogGuard {
    writer: Arc<LogWriter>,
}

impl Logger {
    /// One JSON object a line.
    ///
    /// # Errors
    ///
    /// [`LoggerError::Thread`]
    pub fn json(out: impl io::Write + Send + 'static) -> Result<Self, LoggerError> {
        Ok(Self::to(LogWriter::start(out)?, LogFormat::Json))
    }

    /// One line of `name=value` pairs a record.
    ///
    /// # Errors
    ///
    /// [`LoggerError::Thread`]
    pub fn text(out: impl io::Write + Send + 'static) -> Result<Self, LoggerError> {
        Ok(Self::to(LogWriter::start(out)?, LogFormat::Text))
    }

    /// Lines to a writer that others may write to as well, such as an access log.
    pub fn to(writer: impl Into<Arc<LogWriter>>, format: LogFormat) -> Self {
        Self {
            writer: writer.into(),
            format,
            level: LevelFilter::Info,
            targets: Vec::new(),
        }
    }

    /// The same with records of this level and what is more urgent; `Info` unless said otherwise.
    pub fn level(mut self, level: LevelFilter) -> Self {
        self.level = level;
        self
    }

    /// The same with another level for a target, which most often is a module, and all below it.
    pub fn target(mut self, name: impl Into<String>, level: LevelFilter) -> Self {
        self.targets.push((name.into(), level));
        self.targets
            .sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        self
    }

    /// What writes the lines.
    pub fn writer(&self) -> &Arc<LogWriter> {
        &self.writer
    }

    /// Makes it the one logger of the process.
    ///
    /// # Errors
    ///
    /// [`LoggerError::Taken`]
    pub fn install(self) -> Result<LogGuard, LoggerError> {
        let levels = self.targets.iter().map(|(_, level)| *level);
        let most = levels.max().unwrap_or(self.level).max(self.level);
        let writer = Arc::clone(&self.writer);
        log::set_boxed_logger(Box::new(self)).map_err(|_| LoggerError::Taken)?;
        log::set_max_level(most);
        Ok(LogGuard { writer })
    }

    fn level_of(&self, target: &str) -> LevelFilter {
        let is_below = |name: &str| {
            let rest = target.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        let mut named = self.targets.iter().filter(|(name, _)| is_below(name));
        named.next().map_or(self.level, |(_, level)| *level)
    }
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= self.level_of(metadata.target())
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        match self.format {
            LogFormat::Json => self.write::<true>(record),
            LogFormat::Text => self.write::<false>(record),
        }
    }

    fn flush(&self) {
        self.writer.flush();
    }
}

impl Logger {
    fn write<const JSON: bool>(&self, record: &Record<'_>) {
        // Made before there is a line, for what is formatted may log as well, or wait.
        let message = match record.args().as_str() {
            Some(message) => message.into(),
            None => std::borrow::Cow::from(record.args().to_string()),
        };
        let fields = fields::<JSON>(record);
        let entry = Made::<'_, JSON> {
            record,
            message: &message,
            fields: &fields,
        };
        self.writer.entry(Moment::now(), &entry);
    }
}

/// A record whose message and pairs are texts.
struct Made<'r, const JSON: bool> {
    record: &'r Record<'r>,
    message: &'r str,
    fields: &'r [u8],
}

impl<const JSON: bool> Entry for Made<'_, JSON> {
    fn write(&self, time: &MomentText, out: &mut impl Sink) {
        let mut line = Line::<_, JSON>::open(time, out);
        line.word(key!("level"), self.record.level().as_str());
        line.text(key!("target"), self.record.target());
        line.text(key!("message"), self.message);
        line.fragment(self.fields);
        line.close();
    }
}

/// The pairs that a record carries.
fn fields<const JSON: bool>(record: &Record<'_>) -> Vec<u8> {
    let mut made = Vec::new();
    let pairs = record.key_values();
    if pairs.count() > 0 {
        let mut line = Line::<_, JSON>::within(&mut made);
        line.open_fields();
        let mut fields = Fields {
            line: &mut line,
            is_first: true,
        };
        // What cannot be read ends the list; the line is worth having without it.
        let _ = pairs.visit(&mut fields);
        line.close_fields();
    }
    made
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        self.writer.flush();
    }
}

/// The pairs of a record on their way into a line.
struct Fields<'f, 'o, const JSON: bool> {
    line: &'f mut Line<'o, Vec<u8>, JSON>,
    is_first: bool,
}

impl<'v, const JSON: bool> VisitSource<'v> for Fields<'_, '_, JSON> {
    fn visit_pair(&mut self, name: kv::Key<'v>, value: kv::Value<'v>) -> Result<(), kv::Error> {
        let is_first = std::mem::take(&mut self.is_first);
        value.visit(&mut Field {
            line: self.line,
            name: name.as_str(),
            is_first,
        })
    }
}

/// The value of a pair, as JSON has it if it can.
struct Field<'f, 'o, 'n, const JSON: bool> {
    line: &'f mut Line<'o, Vec<u8>, JSON>,
    name: &'n str,
    is_first: bool,
}

impl<const JSON: bool> Field<'_, '_, '_, JSON> {
    fn literal(&mut self, value: fmt::Arguments<'_>) -> Result<(), kv::Error> {
        self.line.named_literal(self.name, self.is_first, value);
        Ok(())
    }

    fn text(&mut self, value: &str) -> Result<(), kv::Error> {
        self.line.named_text(self.name, self.is_first, value);
        Ok(())
    }
}

impl<'v, const JSON: bool> VisitValue<'v> for Field<'_, '_, '_, JSON> {
    fn visit_any(&mut self, value: kv::Value<'_>) -> Result<(), kv::Error> {
        self.text(&value.to_string())
    }

    fn visit_null(&mut self) -> Result<(), kv::Error> {
        self.literal(format_args!("null"))
    }

    fn visit_u64(&mut self, value: u64) -> Result<(), kv::Error> {
        self.literal(format_args!("{value}"))
    }

    fn visit_i64(&mut self, value: i64) -> Result<(), kv::Error> {
        self.literal(format_args!("{value}"))
    }

    fn visit_f64(&mut self, value: f64) -> Result<(), kv::Error> {
        match value.is_finite() {
            true => self.literal(format_args!("{value}")),
            // JSON has no such numbers.
            false => self.text(&value.to_string()),
        }
    }

    fn visit_bool(&mut self, value: bool) -> Result<(), kv::Error> {
        self.literal(format_args!("{value}"))
    }

    fn visit_str(&mut self, value: &str) -> Result<(), kv::Error> {
        self.text(value)
    }
}
