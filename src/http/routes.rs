//! Every address of the studio, who it answers, and which handler: the one list that the server is made from.

use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::{Route, web};

use super::api::{
    assets, audit, gallery, imports, invitations, jobs, me, models, renders, rewrites, setup, state, studio, tokens,
    workspaces,
};
use super::{caller, description, events, frame};

/// Whom an address answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever asks, also while the studio is locked or not set up.
    Always,
    /// Whoever asks, once the studio is open.
    Anyone,
    /// Only a session or a token; what it may do there, the access table says.
    Signed,
}

/// One row of the list.
pub struct Entry {
    pub method: Method,
    pub path: &'static str,
    pub who: Who,
    route: fn() -> Route,
}

macro_rules! routes {
    ($($who:ident $method:ident $path:literal $($handler:ident)::+;)*) => {
        /// The list.
        pub const ROUTES: &[Entry] = &[$(
            Entry {
                method: Method::$method,
                path: $path,
                who: Who::$who,
                route: || web::method(Method::$method).to($($handler)::+),
            },
        )*];

        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($($handler)::+,)*))]
        pub(super) struct Described;
    };
}

routes! {
    Always GET    "/healthz"                                          state::live;
    Always GET    "/readyz"                                           state::ready;
    Always GET    "/api/v1/state"                                     state::show;
    Always GET    "/api/v1/openapi.json"                              description::show;
    Always POST   "/api/v1/setup/check"                               setup::check;
    Always POST   "/api/v1/setup"                                     setup::begin;
    Always POST   "/api/v1/unlock"                                    setup::unlock;

    Anyone POST   "/api/v1/sessions"                                  me::sign_in;
    Anyone GET    "/api/v1/invitations/{code}"                        invitations::look;
    Anyone POST   "/api/v1/invitations/{code}/accept"                 invitations::accept;

    Signed DELETE "/api/v1/sessions/current"                          me::sign_out;
    Signed GET    "/api/v1/me"                                        me::show;
    Signed PATCH  "/api/v1/me"                                        me::change;
    Signed POST   "/api/v1/me/password"                               me::change_password;
    Signed GET    "/api/v1/me/sessions"                               me::list_sessions;
    Signed DELETE "/api/v1/me/sessions/{id}"                          me::end_session;
    Signed GET    "/api/v1/me/tokens"                                 tokens::list;
    Signed POST   "/api/v1/me/tokens"                                 tokens::create;
    Signed DELETE "/api/v1/me/tokens/{id}"                            tokens::revoke;

    Signed GET    "/api/v1/workspaces"                                workspaces::list;
    Signed POST   "/api/v1/workspaces"                                workspaces::create;
    Signed GET    "/api/v1/workspaces/{ws}"                           workspaces::show;
    Signed PATCH  "/api/v1/workspaces/{ws}"                           workspaces::rename;
    Signed GET    "/api/v1/workspaces/{ws}/members"                   workspaces::list_members;
    Signed PATCH  "/api/v1/workspaces/{ws}/members/{account}"         workspaces::change_role;
    Signed DELETE "/api/v1/workspaces/{ws}/members/{account}"         workspaces::remove_member;
    Signed GET    "/api/v1/workspaces/{ws}/invitations"               invitations::list;
    Signed POST   "/api/v1/workspaces/{ws}/invitations"               invitations::create;
    Signed DELETE "/api/v1/workspaces/{ws}/invitations/{id}"          invitations::revoke;
    Signed GET    "/api/v1/roles"                                     workspaces::list_roles;

    Signed GET    "/api/v1/models"                                    models::list;
    Signed DELETE "/api/v1/models/{name}"                             models::remove;
    Signed POST   "/api/v1/models/{name}/reading"                     models::read;
    Signed POST   "/api/v1/models/{name}/test"                        models::test;

    Signed GET    "/api/v1/workspaces/{ws}/jobs"                      jobs::list;
    Signed POST   "/api/v1/workspaces/{ws}/jobs"                      jobs::order;
    Signed GET    "/api/v1/workspaces/{ws}/jobs/{id}"                 jobs::show;
    Signed POST   "/api/v1/workspaces/{ws}/jobs/{id}/cancel"          jobs::cancel;
    Signed GET    "/api/v1/workspaces/{ws}/jobs/{id}/sheet"           jobs::sheet;
    Signed POST   "/api/v1/workspaces/{ws}/estimate"                  jobs::estimate;
    Signed GET    "/api/v1/workspaces/{ws}/jobs/{id}/preview"         jobs::preview;
    Signed POST   "/api/v1/workspaces/{ws}/samples"                   jobs::order_samples;

    Signed POST   "/api/v1/workspaces/{ws}/rewrites"                  rewrites::ask;
    Signed GET    "/api/v1/workspaces/{ws}/rewrites/{id}"             rewrites::show;
    Signed POST   "/api/v1/workspaces/{ws}/rewrites/{id}/cancel"      rewrites::cancel;

    Signed GET    "/api/v1/workspaces/{ws}/renders"                   renders::list;
    Signed GET    "/api/v1/workspaces/{ws}/renders/{id}"              renders::show;
    Signed PATCH  "/api/v1/workspaces/{ws}/renders/{id}"              renders::change;
    Signed DELETE "/api/v1/workspaces/{ws}/renders/{id}"              renders::bin;
    Signed POST   "/api/v1/workspaces/{ws}/renders/{id}/restore"      renders::restore;
    Signed GET    "/api/v1/workspaces/{ws}/renders/{id}/picture"      renders::picture;
    Signed GET    "/api/v1/workspaces/{ws}/renders/{id}/clip"         renders::clip;
    Signed GET    "/api/v1/workspaces/{ws}/renders/{id}/frames.zip"   renders::frames;
    Signed GET    "/api/v1/workspaces/{ws}/renders/{id}/lineage"      renders::lineage;

    Signed GET    "/api/v1/workspaces/{ws}/assets"                    assets::list;
    Signed POST   "/api/v1/workspaces/{ws}/assets"                    assets::bring;
    Signed GET    "/api/v1/workspaces/{ws}/assets/{id}"               assets::show;
    Signed PATCH  "/api/v1/workspaces/{ws}/assets/{id}"               assets::change;
    Signed DELETE "/api/v1/workspaces/{ws}/assets/{id}"               assets::bin;
    Signed POST   "/api/v1/workspaces/{ws}/assets/{id}/restore"       assets::restore;
    Signed GET    "/api/v1/workspaces/{ws}/assets/{id}/picture"       assets::picture;

    Signed GET    "/api/v1/workspaces/{ws}/gallery"                   gallery::whole;
    Signed GET    "/api/v1/workspaces/{ws}/audit"                     audit::list;
    Signed POST   "/api/v1/workspaces/{ws}/audit/verify"              audit::verify;
    Signed GET    "/api/v1/events"                                    events::listen;

    Signed GET    "/api/v1/studio/health"                             studio::health;
    Signed GET    "/api/v1/studio/accounts"                           studio::list_accounts;
    Signed GET    "/api/v1/studio/incoming"                           imports::incoming;
    Signed GET    "/api/v1/studio/imports"                            imports::list;
    Signed POST   "/api/v1/studio/imports"                            imports::begin;
    Signed GET    "/api/v1/studio/imports/{id}"                       imports::show;
    Signed DELETE "/api/v1/studio/imports/{id}"                       imports::discard;
    Signed POST   "/api/v1/studio/imports/{id}/part"                  imports::receive;
    Signed POST   "/api/v1/studio/imports/{id}/accept"                imports::accept;
    Signed GET    "/api/v1/studio/audit"                              audit::list_studio;
    Signed POST   "/api/v1/studio/audit/verify"                       audit::verify_studio;
}

/// Gives the server every address of the list, each behind its gate.
pub(super) fn configure(server: &mut web::ServiceConfig) {
    let mut paths: Vec<&str> = ROUTES.iter().map(|entry| entry.path).collect();
    paths.dedup();
    for path in paths {
        let entries = ROUTES.iter().filter(|entry| entry.path == path);
        let resource = entries.fold(web::resource(path), |resource, entry| resource.route(entry.guarded()));
        server.service(resource);
    }
}

impl Entry {
    fn guarded(&self) -> Route {
        let route = (self.route)();
        let gated = match self.who {
            Who::Always => route,
            Who::Anyone => route.wrap(from_fn(caller::anyone)),
            Who::Signed => route.wrap(from_fn(caller::signed)),
        };
        gated.wrap(from_fn(frame::contain))
    }
}
