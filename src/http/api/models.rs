//! The models on the shelf, what they can do, and which words they do not know.

use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::problem::Problem;
use super::Listed;
use crate::base::clock::Moment;
use crate::base::units::{Rate, Size};
use crate::domain::models::{self, Model, TestCase, UnknownWord, imports};
use crate::domain::recipes::{Role, Task};

#[derive(Serialize, ToSchema)]
#[schema(as = Model)]
pub struct ModelView {
    name: String,
    version: String,
    hash: String,
    family: String,
    licence: String,
    tasks: Vec<Task>,
    max_references: u32,
    roles: Vec<Role>,
    sizes: SizesView,
    max_steps: u32,
    max_frames: u32,
    /// A clip has a multiple of it and one frames (8: 9, 17, 25 …); 1 where any number goes.
    frame_step: u32,
    /// Upscalers only: how many times as wide and high a picture becomes.
    scale: Option<u32>,
    /// Rewrites prompts as it was trained to read them (see `rewrites`).
    rewrites: bool,
    /// How far an edit leaves its source where the recipe does not say; null where the model knows no strength.
    strength: Option<f64>,
    /// What a recipe may ask for in place of the model's own; empty where there is no choice.
    schedulers: Vec<String>,
    defaults: DefaultsView,
    memory_bytes: u64,
    /// What its files take on disk.
    bytes: u64,
    /// Its weights are sealed at rest.
    sealed: bool,
    /// Part of the program: cannot be removed.
    embedded: bool,
    tested: Option<TestedView>,
    /// Of the last test.
    cases: Vec<CaseView>,
}

#[derive(Serialize, ToSchema)]
pub struct SizesView {
    /// The shortest side, in pixels.
    min: u32,
    /// The longest side, in pixels.
    max: u32,
    multiple: u32,
    suggested: Vec<SizeView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Size)]
pub struct SizeView {
    width: u32,
    height: u32,
}

#[derive(Serialize, ToSchema)]
pub struct DefaultsView {
    width: u32,
    height: u32,
    steps: u32,
    guidance: f32,
    frames: u32,
    rate: Rate,
}

#[derive(Serialize, ToSchema)]
pub struct TestedView {
    at: Moment,
    passed: bool,
}

impl From<Model> for ModelView {
    fn from(Model { card, tested, cases }: Model) -> Self {
        let size = |s: Size| SizeView { width: s.width, height: s.height };
        ModelView {
            name: card.name,
            version: card.version,
            hash: card.hash,
            family: card.family,
            licence: card.licence,
            tasks: card.tasks,
            max_references: card.max_references,
            roles: card.roles,
            sizes: SizesView {
                min: card.sizes.min.width.min(card.sizes.min.height),
                max: card.sizes.max.width.max(card.sizes.max.height),
                multiple: card.sizes.multiple,
                suggested: card.sizes.suggested.into_iter().map(size).collect(),
            },
            max_steps: card.max_steps,
            max_frames: card.max_frames,
            frame_step: card.frame_step,
            scale: card.scale,
            rewrites: card.rewrites,
            strength: card.strength,
            schedulers: card.schedulers,
            defaults: DefaultsView {
                width: card.defaults.width,
                height: card.defaults.height,
                steps: card.defaults.steps,
                guidance: card.defaults.guidance,
                frames: card.defaults.frames,
                rate: card.defaults.rate,
            },
            memory_bytes: card.memory_bytes,
            bytes: card.bytes,
            sealed: card.sealed,
            embedded: card.embedded,
            tested: tested.map(|t| TestedView { at: t.at, passed: t.passed }),
            cases: cases.into_iter().map(CaseView::from).collect(),
        }
    }
}

/// The models of this studio, by name.
#[utoipa::path(get, path = "/api/v1/models", tag = "models", responses((status = 200, body = Listed<ModelView>)))]
pub async fn list(caller: Caller) -> Result<Json<Listed<ModelView>>, Problem> {
    let found = caller.run(models::list).await?;
    Ok(Json(Listed::of(found, ModelView::from)))
}

#[derive(Deserialize, ToSchema)]
pub struct ReadingBody {
    prompt: String,
    negative: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Reading {
    /// Of the prompt, then of the negative prompt.
    unknown: Vec<UnknownView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = UnknownWord)]
pub struct UnknownView {
    word: String,
    /// Counts characters.
    start: usize,
    end: usize,
    /// `prompt` or `negative`.
    field: &'static str,
}

/// Which words of a prompt a model does not know; asked while somebody types.
#[utoipa::path(post, path = "/api/v1/models/{name}/reading", tag = "models", responses((status = 200, body = Reading)))]
pub async fn read(caller: Caller, name: Path<String>, body: Json<ReadingBody>) -> Result<Json<Reading>, Problem> {
    let body = body.into_inner();
    let view = |field| move |w: UnknownWord| UnknownView { word: w.word, start: w.start, end: w.end, field };
    let unknown = caller
        .run(move |act| {
            let mut unknown: Vec<_> =
                models::reading(act, &name, &body.prompt)?.into_iter().map(view("prompt")).collect();
            if let Some(negative) = &body.negative {
                unknown.extend(models::reading(act, &name, negative)?.into_iter().map(view("negative")));
            }
            Ok(unknown)
        })
        .await?;
    Ok(Json(Reading { unknown }))
}

#[derive(Serialize, ToSchema)]
pub struct TestView {
    cases: Vec<CaseView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TestCase)]
pub struct CaseView {
    name: String,
    /// The largest difference from the reference numbers.
    max: f64,
    mean: f64,
    passed: bool,
    /// Why the case could not be compared.
    problem: Option<String>,
}

impl From<TestCase> for CaseView {
    fn from(c: TestCase) -> Self {
        CaseView { name: c.name, max: c.max, mean: c.mean, passed: c.passed, problem: c.problem }
    }
}

/// Runs a model's own test against its reference numbers. Slow.
#[utoipa::path(post, path = "/api/v1/models/{name}/test", tag = "models", responses((status = 200, body = TestView)))]
pub async fn test(caller: Caller, name: Path<String>) -> Result<Json<TestView>, Problem> {
    let cases = caller.run(move |act| models::test(act, &name)).await?;
    Ok(Json(TestView { cases: cases.into_iter().map(CaseView::from).collect() }))
}

/// Removes a model's files; what was made with it stays. Refused while jobs need it.
#[utoipa::path(delete, path = "/api/v1/models/{name}", tag = "models", responses((status = 204)))]
pub async fn remove(caller: Caller, name: Path<String>) -> Result<HttpResponse, Problem> {
    caller.run(move |act| imports::remove(act, &name)).await?;
    Ok(HttpResponse::NoContent().finish())
}
