use crate::handler::BoundHandler;
use crate::security::SecurityPlan;
use crate::validate::{AcceptPlan, BodyPlan, ParameterPlan, ResponsePlan};

/// All that is known of one operation before a request comes.
pub(super) struct OperationPlan {
    pub(super) name: String,
    pub(super) method: String,
    /// The path as the document writes it.
    pub(super) template: String,
    pub(super) security: SecurityPlan,
    pub(super) parameters: ParameterPlan,
    pub(super) accept: AcceptPlan,
    pub(super) body: Option<BodyPlan>,
    /// `None` where answers are not looked at.
    pub(super) responses: Option<ResponsePlan>,
    /// `None` where the operation was left out on purpose.
    pub(super) handler: Option<Box<dyn BoundHandler>>,
}
