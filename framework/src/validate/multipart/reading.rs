use brrtrouter_transport::{Body, BodyError};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use serde_json::{Map, Value};

use crate::extract::FilePart;
use crate::handler::body_problem;
use crate::media;
use crate::problem::{Problem, Violation};
use crate::validate::form::Typed;
use crate::validate::multipart::head::Head;
use crate::validate::multipart::property::at;
use crate::validate::multipart::spool::Spool;
use crate::validate::multipart::window::{Fault, Window};
use crate::validate::multipart::{MultipartPlan, Taken};
use crate::validate::schema;

/// One body on its way.
pub(super) struct Reading<'p, 'b, 'c> {
    plan: &'p MultipartPlan,
    window: Window<'b, 'c>,
    /// The parts that are no files, as a form.
    form: String,
    files: Vec<FilePart>,
    found: Vec<Violation>,
    parts: usize,
}

impl<'p, 'b, 'c> Reading<'p, 'b, 'c> {
    pub(super) fn new(plan: &'p MultipartPlan, body: &'b mut Body<'c>, boundary: &str) -> Self {
        Self {
            plan,
            window: Window::new(body, boundary),
            form: String::new(),
            files: Vec::new(),
            found: Vec::new(),
            parts: 0,
        }
    }

    /// Takes all parts apart.
    pub(super) fn all(&mut self) -> Result<(), Problem> {
        self.window.skip_preamble().map_err(problem)?;
        while self.window.enters_part().map_err(problem)? {
            self.parts += 1;
            if self.parts > self.plan.limits.parts {
                let most = self.plan.limits.parts;
                return Err(refused(
                    "parts",
                    format!("there are more than {most} parts"),
                ));
            }
            self.part()?;
        }
        self.window.skip_epilogue().map_err(problem)
    }

    fn part(&mut self) -> Result<(), Problem> {
        let most = self.plan.limits.part_head;
        let head = self.window.head(most).map_err(problem)?;
        let head = Head::parse(head).map_err(malformed)?;
        let property = self.plan.property(&head.name);
        if let Some(property) = property {
            self.found.extend(property.check_type(&head));
        }
        let is_file = match property {
            Some(property) => property.is_file,
            None => head.file_name.is_some(),
        };
        if is_file {
            return self.file(head);
        }
        self.text(&head)
    }

    fn file(&mut self, head: Head) -> Result<(), Problem> {
        let limits = &self.plan.limits;
        let mut spool = Spool::new(limits.part_memory);
        let mut size = 0_u64;
        while let Some(piece) = self.window.piece().map_err(problem)? {
            size += piece.len() as u64;
            if size > limits.part {
                return Err(too_long(&head.name, limits.part));
            }
            spool.write(piece).map_err(Problem::internal)?;
            let count = piece.len();
            self.window.consume(count);
        }
        let content = spool.finish().map_err(Problem::internal)?;
        self.files.push(FilePart::new(
            head.name,
            head.file_name,
            head.content_type,
            content,
        ));
        Ok(())
    }

    fn text(&mut self, head: &Head) -> Result<(), Problem> {
        let most = self.plan.limits.part_text;
        let mut text = Vec::new();
        while let Some(piece) = self.window.piece().map_err(problem)? {
            if (text.len() + piece.len()) as u64 > most {
                return Err(too_long(&head.name, most));
            }
            text.extend_from_slice(piece);
            let count = piece.len();
            self.window.consume(count);
        }
        if !head.content_type.as_deref().is_none_or(media::is_utf8) {
            self.found
                .push(at(&head.name, "encoding", "is not in UTF-8"));
            return Ok(());
        }
        if !self.form.is_empty() {
            self.form.push('&');
        }
        self.form
            .extend(percent_encode(head.name.as_bytes(), NON_ALPHANUMERIC));
        self.form.push('=');
        self.form.extend(percent_encode(&text, NON_ALPHANUMERIC));
        Ok(())
    }

    /// What the schema says of it all.
    pub(super) fn judge(mut self) -> Result<Taken, Problem> {
        let form = self.plan.form.typed(self.form.as_bytes());
        let Typed { members, mut found } = form.map_err(Problem::violations)?;
        found.append(&mut self.found);
        let (value, places) = self.with_files(members, &mut found);
        let mut deep = Vec::new();
        self.plan.form.validate(&value, &mut deep);
        // Where a file stands, what the schema says is of a text that is not there.
        deep.retain(|one| {
            let is_known = |known: &Violation| known.place == one.place;
            let is_file = |place: &String| schema::in_body(place) == one.place;
            !found.iter().any(is_known) && !places.iter().any(is_file)
        });
        found.append(&mut deep);
        if !found.is_empty() {
            return Err(Problem::violations(found));
        }
        let mut fields = value;
        if let Value::Object(fields) = &mut fields {
            fields.retain(|name, _| !self.files.iter().any(|file| file.name() == name));
        }
        Ok(Taken {
            fields,
            files: self.files,
        })
    }

    /// The fields with an empty text where each file stands, and the pointers of these.
    fn with_files(
        &self,
        mut members: Map<String, Value>,
        found: &mut Vec<Violation>,
    ) -> (Value, Vec<String>) {
        let mut places = Vec::new();
        for file in &self.files {
            let name = file.name();
            let pointer = format!("/{}", schema::escaped(name));
            let property = self.plan.property(name);
            if let Some(property) = property {
                found.extend(property.check_length(file.len()));
            }
            let stand_in = Value::String(String::new());
            if property.is_some_and(|one| one.is_list) {
                let list = members
                    .entry(name)
                    .or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(items) = list {
                    places.push(format!("{pointer}/{}", items.len()));
                    items.push(stand_in);
                }
            } else {
                let is_again = members.insert(name.to_owned(), stand_in).is_some();
                if property.is_some() {
                    if is_again {
                        found.push(at(name, "repeated", "is there more than once"));
                    }
                    places.push(pointer);
                }
            }
        }
        (Value::Object(members), places)
    }
}

fn problem(fault: Fault) -> Problem {
    match fault {
        Fault::Body(error) => body_problem(error),
        Fault::Malformed(what) => malformed(what),
    }
}

pub(super) fn malformed(what: impl std::fmt::Display) -> Problem {
    refused(
        "malformed",
        format!("the multipart body is malformed: {what}"),
    )
}

fn refused(rule: &'static str, detail: String) -> Problem {
    Problem::violations(vec![Violation::of_body(rule, detail)])
}

fn too_long(name: &str, limit: u64) -> Problem {
    let name: String = name.chars().take(64).collect();
    body_problem(BodyError::TooLarge { limit }).with_detail(format!(
        "the part {name:?} may be at most {limit} bytes long"
    ))
}
