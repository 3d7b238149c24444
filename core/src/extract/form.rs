//! The properties of a form → the plans that query parameters have.

use alloc::boxed::Box;
use alloc::vec::Vec;

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{Encoding, MediaType, Style};
use serde_json::Value;

use super::plan::{Extractor, Form, Object, PlanError, Shape};
use super::scalar::Scalar;
use super::schema;
use super::source::{Parameters, Slots};
use super::{Extractors, Place};
use crate::path::PathParams;
use crate::source::Source;

/// A form has no path.
static NO_PATH: PathParams = PathParams::new();

impl Extractors {
    /// Plans the properties of `application/x-www-form-urlencoded` content: one for each, in the
    /// order of the schema, and after them one without a name for the fields that none declares.
    ///
    /// Style and explode come from `encoding` (OpenAPI 3.1 §4.8.15); where it says nothing, objects
    /// and lists of objects are JSON texts and all else is exploded form style. No property is
    /// required and none has a default: that is for a validator of the whole.
    ///
    /// # Errors
    ///
    /// [`PlanError`] if the schema is missing or a style does not exist in forms.
    pub fn compile_form(spec: &Spec, media: &MediaType) -> Result<Self, PlanError> {
        let mut fields = Vec::new();
        if let Some(reference) = &media.schema {
            let schema = spec
                .document
                .schema(reference)
                .ok_or_else(|| PlanError::NoSchema {
                    name: media.name.clone(),
                    pointer: reference.pointer().into(),
                })?;
            for (name, schema) in schema::properties(&spec.document, schema) {
                let encoding = media.encoding.iter().find(|one| one.property == name);
                fields.push(field(spec, name, schema, encoding)?);
            }
        }
        fields.push(others());
        Self::try_index(fields)
    }

    /// Finds the fields of one form, which is still encoded.
    pub fn extract_form<'a, 'r>(
        &'r self,
        form: &'r [u8],
        slots: &'a mut Slots<'r>,
    ) -> Parameters<'a>
    where
        'r: 'a,
    {
        let source = Source {
            target: "",
            path: &NO_PATH,
            fields: &(),
        };
        self.extract_query(form, source, slots)
    }
}

fn field(
    spec: &Spec,
    name: &str,
    schema: &Value,
    encoding: Option<&Encoding>,
) -> Result<Extractor, PlanError> {
    let shape = schema::read(&spec.document, schema).shape;
    let style = encoding.and_then(|one| one.style);
    let explode = encoding.and_then(|one| one.explode);
    let is_styled = style.is_some() || explode.is_some();
    let style = style.unwrap_or(Style::Form);
    let is_nested = shape.scalar.is_none()
        && (shape.object.is_some() || schema::holds_objects(&spec.document, schema));
    let form = if !is_styled && (is_nested || encoding.is_some_and(is_json)) {
        Form::Json
    } else if matches!(
        style,
        Style::Form | Style::SpaceDelimited | Style::PipeDelimited | Style::DeepObject
    ) {
        Form::Style {
            style,
            explode: explode.unwrap_or(matches!(style, Style::Form | Style::DeepObject)),
            // A form writes a space as `+` whatever else may stand as it is.
            allow_reserved: false,
            allow_empty: false,
        }
    } else {
        let name = name.into();
        return Err(PlanError::Style { name, style });
    };
    Ok(Extractor {
        name: name.into(),
        place: Place::Query,
        is_required: false,
        needs_validator: false,
        pointer: Box::default(),
        form,
        shape,
        default: None,
        capture: None,
        quick: None,
    })
}

fn is_json(encoding: &Encoding) -> bool {
    encoding.content_type.as_deref().is_some_and(|types| {
        let first = types.split([',', ';']).next().unwrap_or_default().trim();
        first.eq_ignore_ascii_case("application/json") || first.ends_with("+json")
    })
}

/// All fields that no property declares, as texts.
fn others() -> Extractor {
    Extractor {
        name: Box::default(),
        place: Place::Query,
        is_required: false,
        needs_validator: false,
        pointer: Box::default(),
        form: Form::Style {
            style: Style::Form,
            explode: true,
            allow_reserved: false,
            allow_empty: false,
        },
        shape: Shape {
            object: Some(Object {
                properties: Vec::new(),
                additional: Some(Scalar::text()),
                is_open: true,
            }),
            ..Shape::default()
        },
        default: None,
        capture: None,
        quick: None,
    }
}
