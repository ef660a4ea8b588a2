//! Lets in whoever the rules let in.

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, web};

use super::rules::{self, Rule, Ruled};
use super::{session_cookie, sign_in_rate_limiter};
use crate::app::Services;
use crate::app::staff::StaffError;
use crate::app::staff::session::{Admitted, admit};
use crate::http::console::problem::problem;
use crate::http::middleware::own_origin;
use crate::http::problem::{Problem, ProblemCode, locale};

/// Somebody whom the door let in.
#[derive(Clone, Debug)]
pub(in crate::http) struct Staff(pub(in crate::http) Admitted);

impl Staff {
    /// Who they are in the log.
    pub(in crate::http) fn by(&self) -> String {
        format!("staff {}", self.0.member.login)
    }
}

impl FromRequest for Staff {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admitted = request.extensions().get::<Self>().cloned();
        ready(admitted.ok_or_else(|| problem(request, &StaffError::SignedOut)))
    }
}

/// Refuses what no rule allows.
pub(in crate::http) async fn check(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let refused = |code| Err(Problem::new(code, locale(request.request())).into());
    let Some(services) = request.app_data::<web::Data<Services>>().cloned() else {
        return refused(ProblemCode::NotFound);
    };
    let rule = match rules::of(request.method(), request.match_pattern().as_deref()) {
        Ruled::By(rule) => rule,
        Ruled::OtherMethod(allow) => {
            return Err(Problem::method_not_allowed(&allow, locale(request.request())).into());
        }
        Ruled::Nowhere => return refused(ProblemCode::NotFound),
    };
    // Before the bell: pages of others ring none.
    own_origin::expect_own_change(&request)?;
    if rule == Rule::Open {
        sign_in_rate_limiter::admit(request.request(), &services)?;
    } else {
        let admitted = let_in(request.request(), &services, rule).await;
        let admitted = admitted.map_err(|error| problem(request.request(), &error))?;
        request.extensions_mut().insert(Staff(admitted));
    }
    next.call(request).await
}

async fn let_in(request: &HttpRequest, services: &Services, rule: Rule) -> Result<Admitted, StaffError> {
    let handle = session_cookie::read(request, services).ok_or(StaffError::SignedOut)?;
    let admitted = admit(services, handle).await?;
    if let Rule::May(act) = rule {
        admitted.expect(act, services.clock.now())?;
    }
    Ok(admitted)
}
