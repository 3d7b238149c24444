use serde_json::{Map, Value};

use super::{Here, Walker};
use crate::diagnostic::code;
use crate::grammar::Kind;
use crate::pointer;
use crate::reference::{Fragment, Reference};
use crate::source::Aim;
use crate::sources::Refused;
use crate::version::Version;

const SECTION: &str = "securitySchemes";

impl Walker<'_> {
    /// Turns the URIs of security schemes into names of components (OpenAPI 3.2 §4.30).
    pub(super) fn requirement(&mut self, requirement: &mut Map<String, Value>, here: &Here) {
        let is_uri = |name: &String, walker: &Self| {
            name.contains(['/', '#']) && !walker.components.has(SECTION, name)
        };
        if here.version < Version::V32 || !requirement.keys().any(|name| is_uri(name, self)) {
            return;
        }
        for (name, scopes) in std::mem::take(requirement) {
            if !is_uri(&name, self) {
                requirement.insert(name, scopes);
                continue;
            }
            match self.scheme_name(&name, here) {
                Ok(found) => {
                    let spot = here.member_spot(&name, Aim::Value);
                    let place = pointer::join(&here.pointer(), &found);
                    self.origins.insert(place, spot.source, spot.pointer);
                    requirement.insert(found, scopes);
                }
                Err(refused) => {
                    let spot = here.member_spot(&name, Aim::Key);
                    self.faults
                        .push(refused.code, spot, refused.message, refused.help);
                }
            }
        }
    }

    /// The name, among the components, of the security scheme at that URI.
    fn scheme_name(&mut self, uri: &str, here: &Here) -> Result<String, Refused> {
        let refused = |code, message| Refused {
            code,
            message,
            help: Some("a security requirement names a component, or is the URI of a scheme"),
        };
        let dangles = || {
            refused(
                &code::REFERENCE_DANGLES,
                format!("`{uri}` leads to nothing"),
            )
        };
        let Some(Reference {
            file,
            fragment: Fragment::Pointer(part),
        }) = Reference::parse(uri)
        else {
            let message = format!("`{uri}` is not a URI reference with a JSON pointer");
            return Err(refused(&code::REFERENCE_MALFORMED, message));
        };
        let source = if file.is_empty() {
            here.source
        } else {
            self.sources.open(here.source, &file, self.faults)?
        };
        if source == 0 {
            let name = part.strip_prefix("/components/securitySchemes/");
            let name = name.map(pointer::last).ok_or_else(dangles)?;
            return if self.components.has(SECTION, &name) {
                Ok(name.into_owned())
            } else {
                Err(dangles())
            };
        }
        let file = self.sources.get(source).ok_or_else(dangles)?;
        if file.value.pointer(&part).is_none() {
            return Err(dangles());
        }
        let place = self
            .components
            .place(Kind::SecurityScheme, SECTION, source, &file.file, &part);
        Ok(pointer::last(&place).into_owned())
    }
}
