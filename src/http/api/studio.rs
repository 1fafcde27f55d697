//! The operator's pages: health and people; no content in them.

use actix_web::HttpRequest;
use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::door::Door;
use super::super::problem::Problem;
use super::Listed;
use crate::base::clock::Moment;
use crate::base::id::AccountId;
use crate::domain::access::StudioRole;
use crate::domain::accounts::{self, Account};
use crate::domain::health::{self, Check, Health, Level};

#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
pub struct HealthView {
    version: String,
    uptime_seconds: u64,
    device: DeviceView,
    runtime: String,
    disk: DiskView,
    queue: QueueView,
    keys: KeysView,
    certificate: Option<CertificateView>,
    workers: Vec<WorkerView>,
    checks: Vec<CheckView>,
}

#[derive(Serialize, ToSchema)]
pub struct DeviceView {
    name: String,
    kind: String,
    /// Why this one was chosen.
    reason: String,
}

/// Bytes.
#[derive(Serialize, ToSchema)]
pub struct DiskView {
    free: u64,
    total: u64,
    /// What the studio's own folder takes.
    data: u64,
}

#[derive(Serialize, ToSchema)]
pub struct QueueView {
    waiting: usize,
    running: usize,
}

#[derive(Serialize, ToSchema)]
pub struct KeysView {
    methods: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
pub struct CertificateView {
    fingerprint: String,
    expires: Moment,
    days: i64,
    names: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct WorkerView {
    pid: u32,
    state: String,
    model: Option<String>,
    /// What it renders on.
    device: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Check)]
pub struct CheckView {
    id: &'static str,
    level: Level,
    reason: String,
    /// A sentence or command that helps; null when all is well.
    fix: Option<String>,
}

impl From<Health> for HealthView {
    fn from(h: Health) -> Self {
        let days = h.certificate_days.unwrap_or_default();
        HealthView {
            version: h.facts.version,
            uptime_seconds: h.facts.uptime_seconds,
            device: DeviceView { name: h.facts.device.name, kind: h.facts.device.kind, reason: h.facts.device.reason },
            runtime: h.facts.runtime,
            disk: DiskView { free: h.facts.disk.free, total: h.facts.disk.total, data: h.facts.disk.data },
            queue: QueueView { waiting: h.queue.waiting, running: h.queue.running },
            keys: KeysView { methods: h.unlock_methods },
            certificate: h.facts.certificate.map(|c| CertificateView {
                fingerprint: c.fingerprint,
                expires: c.expires,
                days,
                names: c.names,
            }),
            workers: h
                .facts
                .workers
                .into_iter()
                .map(|w| WorkerView { pid: w.pid, state: w.state, model: w.model, device: w.device })
                .collect(),
            checks: h.checks.into_iter().map(CheckView::from).collect(),
        }
    }
}

impl From<Check> for CheckView {
    fn from(c: Check) -> Self {
        CheckView { id: c.id, level: c.level, reason: c.reason, fix: Some(c.fix).filter(|fix| !fix.is_empty()) }
    }
}

/// How the studio is; the same checks as `dreamomni2 doctor`.
#[utoipa::path(get, path = "/api/v1/studio/health", tag = "studio", responses((status = 200, body = HealthView)))]
pub async fn health(request: HttpRequest, caller: Caller) -> Result<Json<HealthView>, Problem> {
    let door = Door::of(&request)?;
    let health = caller
        .run(move |act| {
            let mut health = health::report(act, door.house.facts())?;
            let told: Vec<&str> = health.checks.iter().map(|check| check.id).collect();
            let more: Vec<Check> = door.house.checks().into_iter().filter(|c| !told.contains(&c.id)).collect();
            health.checks.extend(more);
            Ok(health)
        })
        .await?;
    Ok(Json(health.into()))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub struct AccountView {
    id: AccountId,
    name: String,
    email: String,
    created: Moment,
    studio_role: Option<StudioRole>,
}

impl From<Account> for AccountView {
    fn from(a: Account) -> Self {
        AccountView {
            id: a.id,
            name: a.name.to_string(),
            email: a.email.to_string(),
            created: a.created,
            studio_role: a.studio_role,
        }
    }
}

/// Everybody who has an account.
#[utoipa::path(get, path = "/api/v1/studio/accounts", tag = "studio",
    responses((status = 200, body = Listed<AccountView>)))]
pub async fn list_accounts(caller: Caller) -> Result<Json<Listed<AccountView>>, Problem> {
    let found = caller.run(accounts::list).await?;
    Ok(Json(Listed::of(found, AccountView::from)))
}
