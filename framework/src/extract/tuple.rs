use crate::extract::{BodyShape, FromRequest};
use crate::handler::{HandlerRequest, Setup, SetupError};
use crate::problem::Problem;

macro_rules! tuples {
    ($($argument:ident $plan:ident),*) => {
        impl<$($argument: FromRequest),*> FromRequest for ($($argument,)*) {
            type Plan = ($($argument::Plan,)*);

            const BODY: BodyShape = BodyShape::None $(.or($argument::BODY))*;

            fn prepare(_setup: &Setup<'_>) -> Result<Self::Plan, SetupError> {
                Ok(($($argument::prepare(_setup)?,)*))
            }

            fn from_request(
                ($($plan,)*): &Self::Plan,
                _request: &mut HandlerRequest<'_>,
            ) -> Result<Self, Problem> {
                Ok(($($argument::from_request($plan, _request)?,)*))
            }
        }
    };
}

tuples!();
tuples!(A pa);
tuples!(A pa, B pb);
tuples!(A pa, B pb, C pc);
tuples!(A pa, B pb, C pc, D pd);
tuples!(A pa, B pb, C pc, D pd, E pe);
tuples!(A pa, B pb, C pc, D pd, E pe, G pg);
tuples!(A pa, B pb, C pc, D pd, E pe, G pg, H ph);
tuples!(A pa, B pb, C pc, D pd, E pe, G pg, H ph, I pi);
