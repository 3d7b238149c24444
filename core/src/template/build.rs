//! Templates from literals and descriptors.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Template, TemplateError};
use crate::descriptor::{Descriptor, Param, ParamKind};

/// Collects segments into a [`Template`] that knows the types of its parameters.
///
/// ```
/// use brrtrouter_core::{Param, Template};
///
/// const ID: Param<u64> = Param::new("id");
/// const NAME: Param<str> = Param::new("name");
/// const KIND: Param<str> = Param::new("kind");
///
/// let photo = Template::builder()
///     .literal("pets").param(ID)
///     .literal("photos").param(NAME).then(".").then_param(KIND)
///     .build()?;
/// assert_eq!(photo.to_string(), "/pets/{id:uint64}/photos/{name:string}.{kind:string}");
/// assert_eq!(photo.as_str(), "/pets/{id}/photos/{name}.{kind}");
/// # Ok::<(), brrtrouter_core::TemplateError>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct TemplateBuilder {
    text: String,
    types: Vec<&'static str>,
    fault: Option<TemplateError>,
}

impl Template {
    /// An empty builder; what it builds without more is `/`.
    pub fn builder() -> TemplateBuilder {
        TemplateBuilder::default()
    }

    /// The template with the types of its parameters, by their names.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] where a descriptor's name is not in the template, or a parameter has no
    /// descriptor.
    pub fn describe(mut self, descriptors: &[&dyn Descriptor]) -> Result<Self, TemplateError> {
        let named = |name: &str| descriptors.iter().find(|own| own.name() == name);
        if let Some(vain) = descriptors
            .iter()
            .find(|own| !self.names().any(|name| name == own.name()))
        {
            return Err(TemplateError::NotInTemplate(vain.name().into()));
        }
        let mut types = Vec::new();
        for name in &self.names {
            match named(name) {
                Some(descriptor) => types.push(descriptor.type_name()),
                None => return Err(TemplateError::NoDescriptor(name.clone())),
            }
        }
        self.types = types;
        Ok(self)
    }
}

impl TemplateBuilder {
    /// One or several segments as templates write them: `pets`, `v1/pets`.
    pub fn literal(mut self, text: &str) -> Self {
        self.text.push('/');
        self.then(text.strip_prefix('/').unwrap_or(text))
    }

    /// A segment that is a parameter.
    pub fn param<T: ?Sized + ParamKind>(mut self, param: Param<T>) -> Self {
        self.text.push('/');
        self.then_param(param)
    }

    /// A last segment that takes the rest of the path.
    pub fn catch_all<T: ?Sized + ParamKind>(mut self, param: Param<T>) -> Self {
        self.text.push_str("/{*");
        self.name(param)
    }

    /// A literal behind what the segment holds so far: the `.json` of `{name}.json`.
    pub fn then(mut self, text: &str) -> Self {
        if text.contains(['{', '}']) {
            let segment = text.split('/').find(|part| part.contains(['{', '}']));
            let fault = TemplateError::Brace(segment.unwrap_or(text).into());
            self.fault.get_or_insert(fault);
        }
        self.text.push_str(text);
        self
    }

    /// A parameter behind what the segment holds so far: the `{minor}` of `v{major}.{minor}`.
    pub fn then_param<T: ?Sized + ParamKind>(mut self, param: Param<T>) -> Self {
        self.text.push('{');
        self.name(param)
    }

    fn name<T: ?Sized + ParamKind>(mut self, param: Param<T>) -> Self {
        let name = Param::name(&param);
        if name.contains(['{', '}', '/']) || name.starts_with('*') {
            self.fault.get_or_insert(TemplateError::Brace(name.into()));
        }
        self.text.push_str(name);
        self.text.push('}');
        self.types.push(param.type_name());
        self
    }

    /// The template.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] for the first fault in it.
    pub fn build(self) -> Result<Template, TemplateError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let text = if self.text.is_empty() {
            "/"
        } else {
            &self.text
        };
        let mut template = Template::parse(text)?;
        template.types = self.types;
        Ok(template)
    }
}
