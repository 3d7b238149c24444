use brrtrouter_spec::model::{Operation, ResponseKey};
use brrtrouter_transport::{Field, Status};

use crate::media;
use crate::problem::Problem;

/// The media types that an operation answers success with.
pub(crate) struct AcceptPlan {
    /// Empty where there is nothing to choose: some success has no content, or content of any type.
    offers: Vec<String>,
}

impl AcceptPlan {
    pub(crate) fn compile(operation: &Operation) -> Self {
        let mut offers: Vec<String> = Vec::new();
        let successes = operation.responses.iter();
        for response in successes.filter(|one| is_success(one.status)) {
            let is_open = response.content.iter().any(|one| one.name.contains('*'));
            if response.content.is_empty() || is_open {
                return Self { offers: Vec::new() };
            }
            for declared in &response.content {
                let essence = declared.essence();
                if !offers.iter().any(|one| one == essence) {
                    offers.push(essence.to_owned());
                }
            }
        }
        Self { offers }
    }

    /// Refuses a client that takes none of the media types (RFC 9110 §12.5.1, §15.5.7).
    #[inline]
    pub(crate) fn check(&self, fields: &[Field<'_>]) -> Result<(), Problem> {
        if self.offers.is_empty() || !fields.iter().any(is_accept) {
            return Ok(());
        }
        self.weigh(fields)
    }

    #[inline(never)]
    fn weigh(&self, fields: &[Field<'_>]) -> Result<(), Problem> {
        if self.offers.iter().any(|one| quality(fields, one) > 0) {
            return Ok(());
        }
        let offers = self.offers.join(", ");
        Err(Problem::new(Status::NOT_ACCEPTABLE)
            .with_detail(format!("the answer comes as {offers} only")))
    }
}

fn is_accept(field: &Field<'_>) -> bool {
    field.name.eq_ignore_ascii_case("accept")
}

fn is_success(key: ResponseKey) -> bool {
    match key {
        ResponseKey::Code(code) => (200..300).contains(&code),
        ResponseKey::Range(range) => range == 2,
        _ => false,
    }
}

/// How much the client wants a media type, in thousandths; all of it where it says nothing.
///
/// The closest range counts. A range that cannot be read counts for nothing.
pub(crate) fn quality(fields: &[Field<'_>], essence: &str) -> u16 {
    let mut best: Option<(u8, u16)> = None;
    let mut says_any = false;
    let accepts = fields
        .iter()
        .filter(|field| is_accept(field))
        .filter_map(|field| std::str::from_utf8(field.value).ok());
    for range in accepts.flat_map(|value| value.split(',')) {
        let Some(own) = media::essence(range) else {
            continue;
        };
        says_any = true;
        let Some(fit) = media::fit(own, essence) else {
            continue;
        };
        let weight = weight(range);
        best = Some(match best {
            Some((closest, known)) if closest > fit => (closest, known),
            Some((closest, known)) if closest == fit => (fit, known.max(weight)),
            _ => (fit, weight),
        });
    }
    match (best, says_any) {
        (Some((_, weight)), _) => weight,
        (None, true) => 0,
        (None, false) => 1_000,
    }
}

/// The `q` of a range, in thousandths (RFC 9110 §12.4.2).
fn weight(range: &str) -> u16 {
    let Some(text) = media::parameter(range, "q") else {
        return 1_000;
    };
    match text.parse::<f32>() {
        Ok(weight) if (0.0..=1.0).contains(&weight) => (weight * 1_000.0) as u16,
        _ => 1_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(accept: &str, essence: &str) -> u16 {
        let field = Field {
            name: "Accept",
            value: accept.as_bytes(),
        };
        quality(&[field], essence)
    }

    #[test]
    fn the_closest_range_counts() {
        let accept = "text/*;q=0.3, text/plain;q=0.7, text/csv;q=0, */*;q=0.5";
        assert_eq!(asked(accept, "text/plain"), 700);
        assert_eq!(asked(accept, "text/html"), 300);
        assert_eq!(asked(accept, "text/csv"), 0);
        assert_eq!(asked(accept, "image/png"), 500);
    }

    #[test]
    fn what_is_not_named_is_not_wanted_and_saying_nothing_wants_all() {
        assert_eq!(asked("text/plain", "text/html"), 0);
        assert_eq!(asked("", "text/html"), 1_000);
        assert_eq!(asked("nonsense", "text/html"), 1_000);
        assert_eq!(quality(&[], "text/html"), 1_000);
    }
}
