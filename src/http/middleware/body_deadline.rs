//! A request's body comes within a bounded time or not at all: a connection is worth something, and who holds one for
//! nothing must not hold it for long.
//!
//! The framework bounds the head of a request alone, and waits without end for the rest of a chunked body that nobody
//! reads. So the body is read through here, and one that was not read to its end is kept until the answer is out, which
//! makes the framework close the connection.

use std::cell::RefCell;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::rt::time::{Instant, Sleep, sleep};
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse, ResponseError};
use futures_util::Stream;

use super::refused::Refused;
use crate::http::problem::{Problem, ProblemCode, locale};

/// How long bodies may take.
#[derive(Clone, Copy, Debug)]
pub struct BodyTimes {
    /// What browsers and operators send; half a megabyte at most.
    pub usual: Duration,
    /// A whole registry, of a source that showed its key.
    pub upload: Duration,
}

impl Default for BodyTimes {
    fn default() -> Self {
        Self { usual: Duration::from_secs(20), upload: Duration::from_mins(10) }
    }
}

/// Answers 408 when the body has not come in time, and closes the connection when it was not read to its end.
pub async fn bound(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let payload = match request.take_payload() {
        Payload::None => return Ok(next.call(request).await?.map_into_boxed_body()),
        payload => payload,
    };
    let times = request.app_data::<Data<BodyTimes>>().map_or_else(BodyTimes::default, |times| ***times);
    let locale = locale(request.request());
    let body = Body(Rc::new(RefCell::new(Arriving {
        payload: Some(payload),
        due: Box::pin(sleep(times.usual)),
        late: false,
    })));
    request.set_payload(Payload::Stream { payload: Box::pin(body.clone()) });
    request.extensions_mut().insert(Extendable { body: body.clone(), began: Instant::now(), times });
    let answer = next.call(request).await;
    let late = || Problem::new(ProblemCode::BodyTimeout, locale);
    match answer {
        Ok(answer) if answer.status() == StatusCode::SWITCHING_PROTOCOLS => {
            // From here on it is a stream, which watches its own time.
            body.lift();
            Ok(answer.map_into_boxed_body())
        }
        Ok(answer) if body.is_late() => Ok(answer.into_response(body.kept_beside(late().error_response()))),
        Ok(answer) if body.is_read() => Ok(answer.map_into_boxed_body()),
        Ok(answer) => Ok(answer.map_body(|_, said| BoxBody::new(KeptBeside { said: said.boxed(), _body: body }))),
        Err(_) if body.is_late() => Err(body.refused(late().into())),
        Err(error) if body.is_read() => Err(error),
        Err(error) => Err(body.refused(error)),
    }
}

/// Gives this request the time of an upload, from its beginning: for who has shown that they may.
pub(in crate::http) fn extend(request: &HttpRequest) {
    if let Some(Extendable { body, began, times }) = request.extensions().get::<Extendable>() {
        body.0.borrow_mut().due.as_mut().reset(*began + times.upload);
    }
}

/// The body of a request that is under way.
struct Extendable {
    body: Body,
    began: Instant,
    times: BodyTimes,
}

struct Arriving {
    /// `None` once it came to its end.
    payload: Option<Payload>,
    due: Pin<Box<Sleep>>,
    late: bool,
}

/// The body as it is read, and as it is kept.
#[derive(Clone)]
struct Body(Rc<RefCell<Arriving>>);

impl Body {
    fn is_read(&self) -> bool {
        self.0.borrow().payload.is_none()
    }

    fn is_late(&self) -> bool {
        self.0.borrow().late
    }

    fn lift(&self) {
        /// No timer goes further.
        const FOR_GOOD: Duration = Duration::from_hours(24 * 365);
        self.0.borrow_mut().due.as_mut().reset(Instant::now() + FOR_GOOD);
    }

    fn kept_beside(self, answer: HttpResponse) -> HttpResponse {
        answer.map_body(|_, said| BoxBody::new(KeptBeside { said, _body: self }))
    }

    /// A refusal that was given before it was read to its end.
    fn refused(self, error: Error) -> Error {
        Refused::completed(error, move |answer| self.clone().kept_beside(answer))
    }
}

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut arriving = self.0.borrow_mut();
        let Arriving { payload, due, late } = &mut *arriving;
        let Some(coming) = payload else { return Poll::Ready(None) };
        // Asked first: a drop now and then buys no time.
        if due.as_mut().poll(context).is_ready() {
            *late = true;
            return Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))));
        }
        let chunk = Pin::new(coming).poll_next(context);
        if matches!(chunk, Poll::Ready(None)) {
            *payload = None;
        }
        chunk
    }
}

/// An answer with the unread body of its request, which the framework then knows to be unread.
struct KeptBeside {
    said: BoxBody,
    _body: Body,
}

impl MessageBody for KeptBeside {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.said.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.said).poll_next(context)
    }
}
