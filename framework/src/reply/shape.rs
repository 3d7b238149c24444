use brrtrouter_spec::model::{Operation, ResponseKey};
use brrtrouter_transport::Status;

use crate::media;

/// One answer that a type can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerShape {
    /// Its status.
    pub status: Status,
    /// Its content.
    pub content: ContentShape,
}

/// What the content of an answer is, as far as its type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentShape {
    /// It is decided when the answer is made.
    Open,
    /// There is none.
    None,
    /// It is of this media type.
    Of(&'static str),
}

/// How an answer breaks the declarations of an operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShapeError {
    /// The document declares no answer of that status.
    #[error("the document does not declare {0}")]
    Status(Status),
    /// The document declares other media types for that status.
    #[error("the document does not declare {kind} for {status}, but {declared}")]
    MediaType {
        /// The status.
        status: Status,
        /// The media type that the answer has.
        kind: &'static str,
        /// Those of the document.
        declared: String,
    },
    /// The document declares content for that status, and the answer has none.
    #[error("the document declares content for {status} ({declared}), and the answer has none")]
    NoContent {
        /// The status.
        status: Status,
        /// The media types of the document.
        declared: String,
    },
    /// The document declares no content for that status, and the answer has some.
    #[error("the document declares no content for {status}, and the answer has {kind}")]
    Content {
        /// The status.
        status: Status,
        /// The media type that the answer has.
        kind: &'static str,
    },
}

impl AnswerShape {
    /// Compares the answer with the operation's: its code's, or its range's, or the default (OpenAPI
    /// 3.1 §4.8.16).
    pub(crate) fn check(self, operation: &Operation) -> Result<(), ShapeError> {
        let status = self.status;
        let with = |key| operation.responses.iter().find(|one| one.status == key);
        let response = with(ResponseKey::Code(status.code()))
            .or_else(|| with(ResponseKey::Range((status.code() / 100) as u8)))
            .or_else(|| with(ResponseKey::Default))
            .ok_or(ShapeError::Status(status))?;
        let declared = || {
            let names = response.content.iter().map(|one| one.name.as_str());
            names.collect::<Vec<_>>().join(", ")
        };
        match (self.content, response.content.is_empty()) {
            (ContentShape::Of(kind), true) => Err(ShapeError::Content { status, kind }),
            (ContentShape::Of(kind), false) => {
                let mut all = response.content.iter();
                match all.any(|one| media::fit(&one.name, kind).is_some()) {
                    true => Ok(()),
                    false => Err(ShapeError::MediaType {
                        status,
                        kind,
                        declared: declared(),
                    }),
                }
            }
            (ContentShape::None, false) => Err(ShapeError::NoContent {
                status,
                declared: declared(),
            }),
            _ => Ok(()),
        }
    }
}

/// Makes an enum of all that an operation answers: each variant with its status and its content.
///
/// When the service is built, every variant is compared with the document: a status that is not
/// declared there, or content of another media type, stops the start and is named. Errors that are
/// [`Problem`](crate::Problem)s stay beside it, in a `Result`.
///
/// ```
/// use brrtrouter::prelude::*;
/// use brrtrouter::responses;
///
/// #[derive(Debug, serde::Serialize)]
/// struct Job {
///     id: u32,
/// }
///
/// responses! {
///     /// What `startJob` answers.
///     #[derive(Debug)]
///     pub enum StartJob {
///         /// It is done already.
///         Done(Json<Job>) = 200,
///         /// It has been started.
///         Started(Json<Job>) = 202,
///         /// There was nothing to do.
///         Idle = 204,
///     }
/// }
///
/// fn start_job() -> Result<StartJob, Problem> {
///     Ok(StartJob::Started(Json(Job { id: 7 })))
/// }
/// ```
///
/// A status that is none does not compile:
///
/// ```compile_fail
/// brrtrouter::responses! { enum Wrong { Odd = 99 } }
/// ```
#[macro_export]
macro_rules! responses {
    (
        $(#[$enum_meta:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$meta:meta])* $variant:ident $(($content:ty))? = $status:literal),+ $(,)?
        }
    ) => {
        $(#[$enum_meta])*
        $visibility enum $name {
            $($(#[$meta])* $variant $(($content))?),+
        }

        impl $crate::IntoResponse for $name {
            const STREAMS: bool = false $($(|| <$content as $crate::IntoResponse>::STREAMS)?)+;
            const IS_CONDITIONAL: bool =
                false $($(|| <$content as $crate::IntoResponse>::IS_CONDITIONAL)?)+;
            const SHAPES: &'static [$crate::reply::AnswerShape] = &[
                $($crate::reply::AnswerShape {
                    status: $crate::reply::status_of($status),
                    content: $crate::responses!(@shape $($content)?),
                }),+
            ];

            fn into_response(
                self,
                response: &mut $crate::Response,
            ) -> ::core::result::Result<(), $crate::Problem> {
                match self {
                    $($crate::responses!(@pattern $name $variant answer $($content)?) => {
                        $crate::responses!(@write answer response $($content)?);
                        response.set_status(const { $crate::reply::status_of($status) });
                    })+
                }
                ::core::result::Result::Ok(())
            }
        }
    };
    (@shape) => { $crate::reply::ContentShape::None };
    (@shape $content:ty) => { <$content as $crate::IntoResponse>::CONTENT };
    (@pattern $name:ident $variant:ident $answer:ident) => { $name::$variant };
    (@pattern $name:ident $variant:ident $answer:ident $content:ty) => { $name::$variant($answer) };
    (@write $answer:ident $response:ident) => {};
    (@write $answer:ident $response:ident $content:ty) => {
        <$content as $crate::IntoResponse>::into_response($answer, $response)?
    };
}

/// The status of that code, for [`responses!`](crate::responses).
///
/// # Panics
///
/// At compile time, where it is used in a constant, if it is none.
#[doc(hidden)]
#[allow(clippy::panic)]
pub const fn status_of(code: u16) -> Status {
    match Status::from_code(code) {
        Some(status) => status,
        None => panic!("a status is a code from 200 to 599"),
    }
}
