//! An operation's parameters → [`Extractors`].

use alloc::boxed::Box;
use alloc::vec::Vec;

use brrtrouter_spec::model::{
    Header, MediaType, Parameter, ParameterIn, ParameterShape, SchemaRef, Style,
};
use brrtrouter_spec::{Operation, Spec};

use super::plan::{Extractor, Form, PlanError, Shape};
use super::quick::Quick;
use super::scalar::Scalar;
use super::schema::{self, Known};
use super::{Extractors, Key, Place, Segment};
use crate::template::Template;

impl Extractors {
    /// Plans the parameters of an operation.
    ///
    /// A parameter that only the path template knows is planned as text.
    ///
    /// # Errors
    ///
    /// [`PlanError`] for the first parameter that cannot be extracted.
    pub fn compile(spec: &Spec, operation: &Operation) -> Result<Self, PlanError> {
        let template = Template::parse(&operation.path).map_err(|reason| PlanError::Template {
            path: operation.path.clone(),
            reason,
        })?;
        let mut parameters = Vec::new();
        for parameter in &operation.parameters {
            let mut extractor = Declared::of(parameter).plan(spec)?;
            if extractor.place == Place::Path {
                let capture = template.names().position(|name| name == parameter.name);
                let Some(capture) = capture else {
                    return Err(PlanError::NotInPath {
                        name: parameter.name.clone(),
                        path: operation.path.clone(),
                    });
                };
                extractor.capture = Some(capture as u8);
            }
            parameters.push(extractor);
        }
        for (capture, name) in template.names().enumerate() {
            let is_planned = parameters
                .iter()
                .any(|known| known.place == Place::Path && *known.name == *name);
            if !is_planned {
                parameters.push(undeclared(name, capture as u8));
            }
        }
        Self::try_index(parameters)
    }

    /// Plans the header fields of an answer, to be extracted from the fields alone.
    ///
    /// # Errors
    ///
    /// [`PlanError`] for the first field that cannot be extracted.
    pub fn compile_fields(spec: &Spec, fields: &[Header]) -> Result<Self, PlanError> {
        let plans: Result<_, _> = fields
            .iter()
            .map(|field| Declared::of_field(field).plan(spec))
            .collect();
        Self::try_index(plans?)
    }

    /// The plans with the names to look for, if they can be numbered.
    pub(super) fn try_index(parameters: Vec<Extractor>) -> Result<Self, PlanError> {
        match parameters.len() {
            count if count > u16::MAX.into() => Err(PlanError::TooMany { count }),
            _ => Ok(Self::index(parameters)),
        }
    }

    /// The plans with the names to look for.
    pub(super) fn index(mut parameters: Vec<Extractor>) -> Self {
        for parameter in &mut parameters {
            parameter.quick = Quick::of(parameter);
        }
        let mut extractors = Self {
            parameters: Vec::new(),
            query: Vec::new(),
            cookies: Vec::new(),
            rest: None,
            takes_query: false,
            has_whole_values: false,
            segments: segments(&parameters),
            places: Place::ALL.map(|place| ordered(&parameters, place)),
        };
        for (at, parameter) in parameters.iter().enumerate() {
            let at = at as u16;
            let keys = match parameter.place {
                Place::Query => &mut extractors.query,
                Place::Cookie => &mut extractors.cookies,
                Place::QueryString => {
                    extractors.takes_query = true;
                    extractors.has_whole_values = true;
                    continue;
                }
                Place::Header => {
                    extractors.has_whole_values = true;
                    continue;
                }
                Place::Path => continue,
            };
            let mut key = |name: &str, is_bracketed| {
                keys.push(Key {
                    name: name.as_bytes().into(),
                    parameter: at,
                    is_bracketed,
                });
            };
            match parameter.form {
                Form::Style {
                    style: Style::DeepObject,
                    ..
                } => {
                    key(&parameter.name, true);
                    if parameter.shape.scalar.is_some() {
                        key(&parameter.name, false);
                    }
                }
                Form::Style { explode: true, .. } => match &parameter.shape.object {
                    Some(object) => {
                        for property in &object.properties {
                            key(&property.name, false);
                        }
                        if object.is_open && parameter.place == Place::Query {
                            extractors.rest = extractors.rest.or(Some(at));
                        }
                        if parameter.shape.scalar.is_some() || parameter.shape.array.is_some() {
                            key(&parameter.name, false);
                        }
                    }
                    None => key(&parameter.name, false),
                },
                _ => key(&parameter.name, false),
            }
        }
        extractors.parameters = parameters;
        extractors
    }
}

/// The parameters of a place: those of the path in the order of the template, others in that of the
/// document.
fn ordered(parameters: &[Extractor], place: Place) -> Box<[u16]> {
    let mut order: Vec<u16> = (0..parameters.len() as u16)
        .filter(|&at| parameters[usize::from(at)].place == place)
        .collect();
    order.sort_by_key(|&at| parameters[usize::from(at)].capture);
    order.into()
}

/// The parameters in the order of the template, if they all stand in the path and are quick.
fn segments(parameters: &[Extractor]) -> Box<[Segment]> {
    let segments: Option<Box<[Segment]>> = ordered(parameters, Place::Path)
        .iter()
        .map(|&parameter| {
            let kind = parameters.get(usize::from(parameter))?.quick?;
            Some(Segment { parameter, kind })
        })
        .collect();
    segments
        .filter(|segments| segments.len() == parameters.len())
        .unwrap_or_default()
}

/// What a document says of a parameter or of an answer's field.
struct Declared<'d> {
    name: &'d str,
    place: Place,
    is_required: bool,
    shape: &'d ParameterShape,
    pointer: &'d str,
}

impl<'d> Declared<'d> {
    fn of(parameter: &'d Parameter) -> Self {
        let place = match parameter.location {
            ParameterIn::Path => Place::Path,
            ParameterIn::QueryString => Place::QueryString,
            ParameterIn::Header => Place::Header,
            ParameterIn::Cookie => Place::Cookie,
            _ => Place::Query,
        };
        Self {
            name: &parameter.name,
            place,
            is_required: parameter.is_required || place == Place::Path,
            shape: &parameter.shape,
            pointer: &parameter.pointer,
        }
    }

    fn of_field(field: &'d Header) -> Self {
        Self {
            name: &field.name,
            place: Place::Header,
            is_required: field.is_required,
            shape: &field.shape,
            pointer: "",
        }
    }

    fn plan(&self, spec: &Spec) -> Result<Extractor, PlanError> {
        let (form, schema) = self.form()?;
        let known = match schema {
            Some(schema) => self.read(spec, schema)?,
            None => untyped(),
        };
        // What a JSON text holds is for a validator to judge.
        let needs_validator = match form {
            Form::Json => schema.is_some(),
            _ => known.needs_validator,
        };
        Ok(Extractor {
            name: self.name.into(),
            place: self.place,
            is_required: self.is_required,
            needs_validator,
            pointer: self.pointer.into(),
            form,
            shape: known.shape,
            default: known.default,
            capture: None,
            quick: None,
        })
    }

    /// How the value is written, and what it must be.
    fn form(&self) -> Result<(Form, Option<&'d SchemaRef>), PlanError> {
        Ok(match self.shape {
            ParameterShape::Schema {
                schema,
                style,
                explode,
                allow_reserved,
                allow_empty_value,
            } => {
                if !has_style(self.place, *style) {
                    return Err(PlanError::Style {
                        name: self.name.into(),
                        style: *style,
                    });
                }
                let form = Form::Style {
                    style: *style,
                    explode: *explode,
                    allow_reserved: *allow_reserved,
                    allow_empty: *allow_empty_value,
                };
                (form, schema.as_ref())
            }
            ParameterShape::Content(media) => (content_form(media), media.schema.as_ref()),
            _ => (Form::Text, None),
        })
    }

    fn read(&self, spec: &Spec, schema: &SchemaRef) -> Result<Known, PlanError> {
        match spec.document.schema(schema) {
            Some(value) => Ok(schema::read(&spec.document, value)),
            None => Err(PlanError::NoSchema {
                name: self.name.into(),
                pointer: schema.pointer().into(),
            }),
        }
    }
}

fn untyped() -> Known {
    Known {
        shape: Shape {
            scalar: Some(Scalar::text()),
            ..Shape::default()
        },
        default: None,
        needs_validator: false,
    }
}

/// A parameter of the template that the document does not declare.
fn undeclared(name: &str, capture: u8) -> Extractor {
    Extractor {
        name: name.into(),
        place: Place::Path,
        is_required: true,
        needs_validator: false,
        pointer: Box::default(),
        form: Form::Style {
            style: Style::Simple,
            explode: false,
            allow_reserved: false,
            allow_empty: false,
        },
        shape: untyped().shape,
        default: None,
        capture: Some(capture),
        quick: None,
    }
}

/// The styles of a place (OpenAPI 3.1 §4.8.12.3).
fn has_style(place: Place, style: Style) -> bool {
    match place {
        Place::Path => matches!(style, Style::Simple | Style::Label | Style::Matrix),
        Place::Query => matches!(
            style,
            Style::Form | Style::SpaceDelimited | Style::PipeDelimited | Style::DeepObject
        ),
        Place::Header => style == Style::Simple,
        Place::Cookie => matches!(style, Style::Form | Style::Cookie),
        Place::QueryString => true,
    }
}

fn content_form(media: &MediaType) -> Form {
    let essence = media.essence();
    let is_json = essence.eq_ignore_ascii_case("application/json")
        || essence
            .get(essence.len().saturating_sub(5)..)
            .is_some_and(|suffix| suffix.eq_ignore_ascii_case("+json"));
    if is_json {
        Form::Json
    } else if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Form::UrlEncoded
    } else {
        Form::Text
    }
}
