//! Jobs: order, look, cancel.

use actix_web::http::header;
use actix_web::web::{Json, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::caller::Caller;
use super::super::media;
use super::super::problem::Problem;
use super::grids::{GridBody, GridView};
use super::{FileWish, Listed, Paged};
use crate::base::clock::Moment;
use crate::base::id::{AccountId, AssetId, JobId, RenderId, WorkspaceId};
use crate::base::page::Limit;
use crate::base::units::Rate;
use crate::domain::act::Person;
use crate::domain::jobs::{self, Job, JobState, Trouble};
use crate::domain::recipes::{Draft, Grid, Picture, Recipe, Reference, Role, Task};
use crate::domain::samples;

/// All that determines a picture. Sent without a seed, the studio draws one and writes it down.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Recipe)]
pub struct RecipeView {
    task: Task,
    /// As a person wrote it. May be left out for an upscale: its source and its model decide all of it.
    #[serde(default)]
    prompt: String,
    /// What the model is told in its place: the text of a rewrite, perhaps changed by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rewritten: Option<String>,
    negative: Option<String>,
    #[serde(default)]
    references: Vec<ReferenceView>,
    /// The model's own where it is left out, as height, steps, guidance, frames and rate.
    width: Option<u32>,
    height: Option<u32>,
    steps: Option<u32>,
    guidance: Option<f32>,
    /// 0 to 9007199254740991.
    seed: Option<u64>,
    /// 1 to 8.
    #[serde(default = "one")]
    variations: u32,
    model: String,
    /// Only for clips.
    frames: Option<u32>,
    rate: Option<Rate>,
    /// Only for edits, where the model knows it: how far the picture may leave its source, 0 to 1.
    strength: Option<f64>,
    /// One of the model's `schedulers` in place of its own.
    scheduler: Option<String>,
}

fn one() -> u32 {
    1
}

/// A picture of this workspace and what it is used for: `render` or `asset`, one of them.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Reference)]
pub struct ReferenceView {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    render: Option<RenderId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asset: Option<AssetId>,
    role: Role,
}

impl From<Reference> for ReferenceView {
    fn from(r: Reference) -> Self {
        let (render, asset) = match r.picture {
            Picture::Render(id) => (Some(id), None),
            Picture::Asset(id) => (None, Some(id)),
        };
        ReferenceView { render, asset, role: r.role }
    }
}

impl ReferenceView {
    pub(super) fn reference(self) -> Result<Reference, Problem> {
        match (self.render, self.asset) {
            (Some(render), None) => Ok(Reference { picture: Picture::Render(render), role: self.role }),
            (None, Some(asset)) => Ok(Reference { picture: Picture::Asset(asset), role: self.role }),
            _ => Err(Problem::field(
                "references",
                "reference_malformed",
                "A reference names a render or an asset: one of them.",
            )),
        }
    }
}

impl From<Recipe> for RecipeView {
    fn from(r: Recipe) -> Self {
        RecipeView {
            task: r.task,
            prompt: r.prompt.to_string(),
            rewritten: r.rewritten.map(|text| text.to_string()),
            negative: r.negative.map(|n| n.to_string()),
            references: r.references.into_iter().map(ReferenceView::from).collect(),
            width: Some(r.size.width),
            height: Some(r.size.height),
            steps: Some(r.steps),
            guidance: Some(r.guidance),
            seed: Some(r.seed),
            variations: r.variations,
            model: r.model,
            frames: r.frames,
            rate: r.rate,
            strength: r.strength,
            scheduler: r.scheduler,
        }
    }
}

impl RecipeView {
    fn draft(self) -> Result<Draft, Problem> {
        Ok(Draft {
            task: self.task,
            prompt: self.prompt,
            rewritten: self.rewritten,
            negative: self.negative.filter(|n| !n.trim().is_empty()),
            references: self.references.into_iter().map(ReferenceView::reference).collect::<Result<_, _>>()?,
            width: self.width,
            height: self.height,
            steps: self.steps,
            guidance: self.guidance,
            seed: self.seed,
            variations: self.variations,
            model: self.model,
            frames: self.frames,
            rate: self.rate,
            strength: self.strength,
            scheduler: self.scheduler,
        })
    }
}

/// A recipe, and perhaps a grid of it.
#[derive(Clone, Deserialize, ToSchema)]
pub struct OrderBody {
    #[serde(flatten)]
    recipe: RecipeView,
    grid: Option<GridBody>,
}

#[derive(Serialize, ToSchema)]
pub struct EstimateView {
    /// How many pictures or clips.
    count: u32,
    /// Without what waits before it; null until a first job of its models was measured.
    seconds: Option<u64>,
}

/// A person, by name.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Person)]
pub struct PersonView {
    id: AccountId,
    name: String,
}

impl From<Person> for PersonView {
    fn from(p: Person) -> Self {
        PersonView { id: p.id, name: p.name }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobView {
    id: JobId,
    state: JobState,
    recipe: RecipeView,
    by: PersonView,
    created: Moment,
    started: Option<Moment>,
    ended: Option<Moment>,
    step: u32,
    steps_total: u32,
    /// The one being made, from 0.
    variation: u32,
    /// The number of the newest preview picture.
    preview: Option<u64>,
    /// 1 is next.
    position: Option<u32>,
    waiting: Option<WaitingView>,
    renders: Vec<RenderId>,
    /// How many it makes.
    count: u32,
    grid: Option<GridView>,
    problem: Option<TroubleView>,
    unknown_words: Vec<String>,
    attempts: u32,
}

/// Why a job is not running yet.
#[derive(Serialize, ToSchema)]
#[schema(as = Waiting)]
pub struct WaitingView {
    reason: String,
    sentence: String,
    estimate_seconds: Option<u64>,
}

/// Why a job failed.
#[derive(Serialize, ToSchema)]
#[schema(as = Trouble)]
pub struct TroubleView {
    code: String,
    detail: String,
}

impl From<Trouble> for TroubleView {
    fn from(t: Trouble) -> Self {
        TroubleView { code: t.code, detail: t.sentence }
    }
}

impl From<Job> for JobView {
    fn from(j: Job) -> Self {
        JobView {
            id: j.id,
            state: j.state,
            recipe: j.recipe.into(),
            by: j.by.into(),
            created: j.created,
            started: j.started,
            ended: j.ended,
            step: j.step,
            steps_total: j.steps_total,
            variation: j.variation,
            preview: j.preview,
            position: j.position,
            waiting: j.waiting.map(|w| WaitingView {
                reason: w.reason.to_owned(),
                sentence: w.sentence,
                estimate_seconds: w.estimate_seconds,
            }),
            renders: j.renders,
            count: j.count,
            grid: j.grid.map(|g| GridView::of(g, j.cells)),
            problem: j.trouble.map(TroubleView::from),
            unknown_words: j.unknown_words,
            attempts: j.attempts,
        }
    }
}

/// Puts a recipe into the queue.
#[utoipa::path(post, path = "/api/v1/workspaces/{ws}/jobs", tag = "jobs", params(("ws" = WorkspaceId, Path)),
    responses((status = 201, body = JobView)))]
pub async fn order(caller: Caller, ws: Path<WorkspaceId>, body: Json<OrderBody>) -> Result<HttpResponse, Problem> {
    let OrderBody { recipe, grid } = body.into_inner();
    let (draft, grid) = (recipe.draft()?, grid.map(Grid::from));
    let job = caller
        .run(move |act| match &grid {
            Some(grid) => jobs::order_grid(act, *ws, &draft, grid),
            None => jobs::order(act, *ws, &draft),
        })
        .await?;
    Ok(HttpResponse::Created().json(JobView::from(job)))
}

/// Orders the studio's samples, as ordinary jobs: a few pictures and a clip, so that a new workspace is not empty.
#[utoipa::path(post, path = "/api/v1/workspaces/{ws}/samples", tag = "jobs", params(("ws" = WorkspaceId, Path)),
    responses((status = 201, body = Listed<JobView>)))]
pub async fn order_samples(caller: Caller, ws: Path<WorkspaceId>) -> Result<HttpResponse, Problem> {
    let ordered = caller.run(move |act| samples::order(act, *ws)).await?;
    Ok(HttpResponse::Created().json(Listed::of(ordered, JobView::from)))
}

/// Checks an order like the real one and says what it would make; orders nothing.
#[utoipa::path(post, path = "/api/v1/workspaces/{ws}/estimate", tag = "jobs", params(("ws" = WorkspaceId, Path)),
    responses((status = 200, body = EstimateView)))]
pub async fn estimate(
    caller: Caller,
    ws: Path<WorkspaceId>,
    body: Json<OrderBody>,
) -> Result<Json<EstimateView>, Problem> {
    let OrderBody { recipe, grid } = body.into_inner();
    let (draft, grid) = (recipe.draft()?, grid.map(Grid::from));
    let found = caller.run(move |act| jobs::estimate(act, *ws, &draft, grid.as_ref())).await?;
    Ok(Json(EstimateView { count: found.count, seconds: found.seconds }))
}

/// All cells of a grid on one picture, with what each is.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/jobs/{id}/sheet", tag = "jobs", params(FileWish),
    responses((status = 200, content_type = "image/png", body = String), (status = 304)))]
pub async fn sheet(
    request: HttpRequest,
    caller: Caller,
    path: Path<(WorkspaceId, JobId)>,
    wish: Query<FileWish>,
) -> Result<HttpResponse, Problem> {
    let (ws, id) = path.into_inner();
    let file = caller.run(move |act| jobs::sheet(act, ws, id)).await?;
    media::send(&request, file, wish.download).await
}

#[derive(Deserialize, IntoParams)]
pub struct JobsTurn {
    /// `active` leaves out what has ended; `all` is the default.
    state: Option<Which>,
    /// 1 to 200; 50 when not told.
    limit: Option<usize>,
    /// The `next` of the page before.
    after: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    Active,
    All,
}

/// The jobs of a workspace, newest first.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/jobs", tag = "jobs", params(("ws" = WorkspaceId, Path), JobsTurn),
    responses((status = 200, body = Paged<JobView>)))]
pub async fn list(
    caller: Caller,
    ws: Path<WorkspaceId>,
    turn: Query<JobsTurn>,
) -> Result<Json<Paged<JobView>>, Problem> {
    let active = turn.state == Some(Which::Active);
    let page =
        caller.run(move |act| jobs::list(act, *ws, active, Limit::new(turn.limit), turn.after.as_deref())).await?;
    Ok(Json(Paged::of(page, JobView::from)))
}

#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/jobs/{id}", tag = "jobs", responses((status = 200, body = JobView)))]
pub async fn show(caller: Caller, path: Path<(WorkspaceId, JobId)>) -> Result<Json<JobView>, Problem> {
    let (ws, id) = path.into_inner();
    let job = caller.run(move |act| jobs::get(act, ws, id)).await?;
    Ok(Json(job.into()))
}

/// Cancels a job between two steps; what has ended stays as it is.
#[utoipa::path(post, path = "/api/v1/workspaces/{ws}/jobs/{id}/cancel", tag = "jobs",
    responses((status = 200, body = JobView)))]
pub async fn cancel(caller: Caller, path: Path<(WorkspaceId, JobId)>) -> Result<Json<JobView>, Problem> {
    let (ws, id) = path.into_inner();
    let job = caller.run(move |act| jobs::cancel(act, ws, id)).await?;
    Ok(Json(job.into()))
}

#[derive(Deserialize, IntoParams)]
pub struct Seen {
    /// Which one the job named; the newest is sent, whatever is asked.
    revision: Option<u64>,
}

/// The newest preview of a running job.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/jobs/{id}/preview", tag = "jobs", params(Seen),
    responses((status = 200, content_type = "image/jpeg", body = String), (status = 304)))]
pub async fn preview(
    request: HttpRequest,
    caller: Caller,
    path: Path<(WorkspaceId, JobId)>,
    seen: Query<Seen>,
) -> Result<HttpResponse, Problem> {
    let (ws, id) = path.into_inner();
    let preview = caller.run(move |act| jobs::preview(act, ws, id)).await?;
    let tag = format!("\"{}\"", preview.revision);
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    // Only the picture that was asked for may be kept under that address.
    let exact = seen.revision == Some(preview.revision);
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::ETAG, tag));
    answer.insert_header((header::CACHE_CONTROL, if exact { "private, max-age=3600, immutable" } else { "no-cache" }));
    Ok(if known { answer.finish() } else { answer.content_type("image/jpeg").body(preview.jpeg.to_vec()) })
}
