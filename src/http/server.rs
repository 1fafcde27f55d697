//! The HTTP server: the door on both listeners, with the list of routes behind the frame.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::StatusCode;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data, JsonConfig, PathConfig, PayloadConfig, QueryConfig};
use actix_web::{App, HttpServer};
use rustls::ServerConfig;

use super::description::Description;
use super::door::Door;
use super::problem::Problem;
use super::{embed, frame, openapi, routes};

/// The largest JSON body: a prompt of 4,000 characters, references and room.
const JSON_MOST: usize = 256 * 1024;

/// A server that answers on these sockets once it is awaited.
pub fn serve(door: Door, tls: ServerConfig, secure: TcpListener, plain: Option<TcpListener>) -> io::Result<Server> {
    let door = Data::new(door);
    let description = Data::new(Description(openapi::text()));
    let app = move || {
        App::new()
            .app_data(Data::clone(&door))
            .app_data(Data::clone(&description))
            .app_data(JsonConfig::default().limit(JSON_MOST).error_handler(|e, _| unreadable_json(&e).into()))
            .app_data(PathConfig::default().error_handler(|_, _| no_such_id().into()))
            .app_data(QueryConfig::default().error_handler(|e, _| unreadable_query(&e).into()))
            .app_data(PayloadConfig::new(JSON_MOST))
            .wrap(Compress::default())
            .wrap(from_fn(frame::frame))
            .configure(routes::configure)
            .default_service(web::get().to(embed::answer))
    };
    // Two loops are plenty on any machine: all work is done on their blocking threads.
    let mut server = HttpServer::new(app)
        .workers(2)
        .worker_max_blocking_threads(16)
        .keep_alive(Duration::from_secs(75))
        .client_request_timeout(Duration::from_secs(15))
        .shutdown_timeout(5)
        .disable_signals()
        .listen_rustls_0_23(secure, tls)?;
    if let Some(plain) = plain {
        server = server.listen(plain)?;
    }
    Ok(server.run())
}

fn unreadable_json(error: &actix_web::error::JsonPayloadError) -> Problem {
    use actix_web::error::JsonPayloadError as E;
    match error {
        E::Overflow { .. } | E::OverflowKnownLength { .. } => Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE),
        E::ContentType => Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        E::Deserialize(why) if why.is_data() => {
            let detail = format!("A value in the request cannot be used: {why}. Please correct it and send it again.");
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "json_value", detail)
        }
        E::Deserialize(why) => {
            Problem::bad_request("json_malformed", format!("The request is not readable JSON: {why}."))
        }
        _ => Problem::bad_request("json_malformed", "The request ended early. Please send it again."),
    }
}

fn no_such_id() -> Problem {
    Problem::not_found("There is nothing of that name here: a part of the address is not an id of the right kind.")
}

fn unreadable_query(error: &actix_web::error::QueryPayloadError) -> Problem {
    Problem::bad_request("query_malformed", format!("A part of the address after \"?\" cannot be used: {error}."))
}
