//! Refusals on the wire: one shape (problem+json) for every error, and the one match from a kind to a status.

use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::recipes::CellValue;
use crate::domain::{self, Kind};

/// Why a request was refused. 5xx tell the client a request number and the log everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub status: StatusCode,
    pub code: String,
    pub detail: String,
    pub fields: Vec<Field>,
    /// Which cell of a grid the code is about.
    pub cell: Box<[CellField]>,
    /// What a client must know beside the body: when to try again, how long the file is. Boxed, as few carry one.
    pub header: Option<Box<(header::HeaderName, String)>>,
    /// For the log only.
    pub(super) cause: Option<Box<str>>,
}

/// One field of the request that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Field {
    pub field: String,
    pub detail: String,
}

/// One field as the cell of a grid has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CellField {
    /// The word of the axis.
    pub field: String,
    pub value: String,
}

/// The body of every error answer (RFC 9457, `application/problem+json`).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemView<'a> {
    /// A name for the situation; the same for the same `code`.
    r#type: String,
    title: &'a str,
    status: u16,
    /// What happened, why, and what to do: for people.
    detail: &'a str,
    /// A stable word for programs.
    code: &'a str,
    /// The number under which the log knows this request.
    request: &'a str,
    #[serde(skip_serializing_if = "<[Field]>::is_empty")]
    fields: &'a [Field],
    /// Which cell of a grid the code is about.
    #[serde(skip_serializing_if = "<[CellField]>::is_empty")]
    cell: &'a [CellField],
}

impl Problem {
    pub fn new(status: StatusCode, code: impl Into<String>, detail: impl Into<String>) -> Self {
        Problem {
            status,
            code: code.into(),
            detail: detail.into(),
            fields: Vec::new(),
            cell: Box::default(),
            header: None,
            cause: None,
        }
    }

    /// Something of ours broke: the log hears what, the client only that.
    pub fn crashed(cause: impl fmt::Display) -> Self {
        let mut problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", INTERNAL);
        problem.cause = Some(cause.to_string().into());
        problem
    }

    pub fn bad_request(code: &str, detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::BAD_REQUEST, code, detail)
    }

    pub fn not_found(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// A field was refused; the sentence stands beside it on the page.
    pub fn field(field: &str, code: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail.clone());
        problem.fields.push(Field { field: field.to_owned(), detail });
        problem
    }

    /// For answers that the framework made without us: an unknown path, a wrong method, a body too large.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::NOT_FOUND => ("not_found", "Nothing is at this address. Please check it."),
            StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "This address does not answer this method."),
            StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "The request is larger than this address takes."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("media_type", "This address takes application/json."),
            StatusCode::REQUEST_TIMEOUT => ("timeout", "The request took too long to arrive. Please try again."),
            s if s.is_server_error() => ("internal", INTERNAL),
            _ => ("bad_request", "The request could not be understood."),
        };
        Problem::new(status, code, detail)
    }

    /// The whole answer, under the number that the log knows.
    pub fn answer(&self, request: &str) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status);
        answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some((name, value)) = self.header.as_deref() {
            answer.insert_header((name.clone(), value.as_str()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"studio\""));
        }
        answer.json(ProblemView {
            r#type: format!("urn:dreamomni2:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: &self.code,
            request,
            fields: &self.fields,
            cell: &self.cell,
        })
    }
}

const INTERNAL: &str = "Something in the studio failed; nothing was changed. Please try again, and if it happens again, \
                        give your operator the request number.";

impl From<domain::Error> for Problem {
    fn from(refusal: domain::Error) -> Self {
        let status = match refusal.kind() {
            Kind::Internal => return Problem::crashed(refusal),
            Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::SignedOut => StatusCode::UNAUTHORIZED,
            Kind::Refused => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Kind::Gone => StatusCode::GONE,
            Kind::Locked | Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        let field = |(field, detail): (&'static str, String)| Field { field: field.to_owned(), detail };
        let mut problem = Problem::new(status, refusal.code(), refusal.to_string());
        problem.fields = refusal.fields().into_iter().map(field).collect();
        let of_cell = |one: &CellValue| CellField { field: one.field.to_owned(), value: one.value.clone() };
        problem.cell = refusal.cell().iter().map(of_cell).collect();
        problem.header = refusal.wait().map(|wait| Box::new((header::RETRY_AFTER, wait.as_secs().max(1).to_string())));
        problem
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        self.answer("")
    }
}
