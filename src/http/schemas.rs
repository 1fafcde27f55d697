//! How the domain's own words look in the API's description: ids, times and short lists of words are strings.

use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Array, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::base::clock::Moment;
use crate::base::id::{
    AccountId, AssetId, Id, ImportId, InvitationId, JobId, RenderId, RewriteId, SessionId, TokenId, WorkspaceId,
};
use crate::base::units::Rate;
use crate::domain::access::{Role, StudioRole};
use crate::domain::gallery::TileKind;
use crate::domain::health::Level;
use crate::domain::jobs::JobState;
use crate::domain::models::ImportState;
use crate::domain::recipes;
use crate::domain::renders::RenderKind;
use crate::domain::rewrites::RewriteState;

macro_rules! id_schemas {
    ($($id:ident,)*) => {$(
        impl PartialSchema for $id {
            fn schema() -> RefOr<Schema> {
                let pattern = format!("^{}_[0-9a-hjkmnp-tv-z]{{26}}$", $id::PREFIX);
                string().pattern(Some(pattern)).into()
            }
        }
        impl ToSchema for $id {
            fn name() -> std::borrow::Cow<'static, str> { stringify!($id).into() }
        }
    )*};
}

id_schemas! { ImportId, AccountId, WorkspaceId, SessionId, TokenId, InvitationId, AssetId, JobId, RenderId, RewriteId, }

macro_rules! word_schemas {
    ($($ty:ty as $name:literal = [$($word:literal),*],)*) => {$(
        impl PartialSchema for $ty {
            fn schema() -> RefOr<Schema> {
                string().enum_values(Some([$($word),*])).into()
            }
        }
        impl ToSchema for $ty {
            fn name() -> std::borrow::Cow<'static, str> { $name.into() }
        }
    )*};
}

word_schemas! {
    Role as "Role" = ["owner", "producer", "artist", "reviewer", "guest"],
    StudioRole as "StudioRole" = ["operator"],
    TileKind as "TileKind" = ["picture", "clip", "asset"],
    Level as "Level" = ["ok", "warn", "fail"],
    JobState as "JobState" = ["queued", "running", "done", "failed", "cancelled"],
    ImportState as "ImportState" = ["receiving", "reading", "waiting", "copying", "done", "failed", "cancelled"],
    RewriteState as "RewriteState" = ["waiting", "working", "done", "failed", "cancelled"],
    RenderKind as "RenderKind" = ["picture", "clip"],
    recipes::Field as "AxisField" =
        ["seed", "steps", "guidance", "strength", "scheduler", "prompt", "model", "size"],
    recipes::Task as "Task" = ["picture", "edit", "clip", "upscale"],
    recipes::Role as "ReferenceRole" =
        ["source", "subject", "style", "pose", "palette", "texture", "first_frame", "last_frame", "mask"],
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        string().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))).into()
    }
}

impl ToSchema for Moment {}

impl PartialSchema for Rate {
    fn schema() -> RefOr<Schema> {
        let side = || ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
        ObjectBuilder::new()
            .description(Some("Frames per second as an exact fraction: 24000/1001 is 23.976."))
            .property("num", side())
            .property("den", side())
            .required("num")
            .required("den")
            .into()
    }
}

impl ToSchema for Rate {}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// A compact tile is a row, not an object: the whole gallery is sent at once.
pub(super) fn tile_row() -> Array {
    let items: Vec<Schema> = vec![
        string().description(Some("the render's or asset's id")).into(),
        string().enum_values(Some(["picture", "clip", "asset"])).into(),
        ObjectBuilder::new().schema_type(Type::Number).description(Some("width divided by height")).into(),
        string().description(Some("blurred picture, base64")).into(),
        ObjectBuilder::new().schema_type(Type::Boolean).description(Some("my favourite")).into(),
        ObjectBuilder::new().schema_type(Type::Integer).description(Some("created, ms since 1970")).into(),
    ];
    let mut row = Array::new(RefOr::<Schema>::Ref(Ref::new("#/components/schemas/TileKind")));
    row.prefix_items = items;
    row.items = utoipa::openapi::schema::ArrayItems::False;
    row
}
