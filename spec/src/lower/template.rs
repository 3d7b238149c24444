/// The parameters of a path template.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) names: Vec<String>,
}

#[derive(Debug)]
pub(super) struct TemplateFault {
    pub(super) message: String,
    pub(super) is_repetition: bool,
}

impl Template {
    /// Reads `/pets/{petId}`.
    pub(super) fn parse(path: &str) -> Result<Self, TemplateFault> {
        let malformed = |message: String| TemplateFault {
            message,
            is_repetition: false,
        };
        let mut names: Vec<String> = Vec::new();
        let mut rest = path;
        while let Some(start) = rest.find(['{', '}']) {
            let (_, from) = rest.split_at(start);
            let Some(inner) = from.strip_prefix('{') else {
                return Err(malformed(format!(
                    "`{path}` closes a brace that is not open"
                )));
            };
            let Some((name, after)) = inner.split_once('}') else {
                return Err(malformed(format!(
                    "`{path}` opens a brace and does not close it"
                )));
            };
            if name.is_empty() || name.contains(['{', '/', '?', '#']) {
                return Err(malformed(format!(
                    "`{{{name}}}` in `{path}` is not a parameter"
                )));
            }
            if names.iter().any(|other| other == name) {
                return Err(TemplateFault {
                    message: format!("`{path}` names the parameter `{name}` twice"),
                    is_repetition: true,
                });
            }
            names.push(name.to_owned());
            rest = after;
        }
        Ok(Self { names })
    }
}

/// The template without the names of its parameters: equal for templates that match the same paths.
pub(super) fn shape(path: &str) -> String {
    let mut shape = String::with_capacity(path.len());
    let mut is_inside = false;
    for character in path.chars() {
        match character {
            '{' => {
                is_inside = true;
                shape.push('{');
            }
            '}' => {
                is_inside = false;
                shape.push('}');
            }
            _ if is_inside => {}
            other => shape.push(other),
        }
    }
    shape
}
