//! A running studio on loopback, and people who talk to it over TLS as browsers do.

use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use dreamomni2::app::config::Config;
use dreamomni2::app::serve::{self, Running};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const PASSPHRASE: &str = "four words nobody guesses";

/// A studio in a throw-away folder.
pub(crate) struct Server {
    pub(crate) running: Option<Running>,
    pub(crate) folder: TempDir,
}

impl Server {
    /// Before set-up.
    pub(crate) fn fresh() -> Server {
        let mut server = Server { running: None, folder: tempfile::tempdir().unwrap() };
        server.start();
        server
    }

    /// Set up with a passphrase; its owner is signed in.
    pub(crate) fn ready() -> (Server, Person) {
        let server = Server::fresh();
        let mut owner = server.nobody();
        let done = owner.post("/api/v1/setup", &server.order()).created();
        owner.take(&done["me"]);
        (server, owner)
    }

    pub(crate) fn order(&self) -> Value {
        json!({
            "code": self.running().ready.setup_code.clone().unwrap_or_default(),
            "studio_name": "Orchid", "contact": "room 12",
            "owner": { "name": "Ana Lima", "email": "ana@orchid.example", "password": PASSWORD },
            "unlock": { "method": "passphrase", "passphrase": PASSPHRASE },
            "workspace_name": "Feature one",
        })
    }

    pub(crate) fn config(&self) -> Config {
        let config = Config::load(Some(&self.folder.path().join("data")), None).unwrap();
        let here = "127.0.0.1:0".parse().unwrap();
        // No workers: the test binary is no studio that could be one.
        Config {
            workers: 0,
            key_file: self.folder.path().join("key"),
            incoming: Some(self.incoming()),
            ..config.listening(here, Some(here))
        }
    }

    /// The one folder from which packages may be taken.
    pub(crate) fn incoming(&self) -> std::path::PathBuf {
        let folder = self.folder.path().join("incoming");
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    pub(crate) fn start(&mut self) {
        self.running = Some(serve::start(self.config()).unwrap());
    }

    pub(crate) fn stop(&mut self) {
        self.running.take().unwrap().stop().unwrap();
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn plain(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.running().ready.plain_port.unwrap())
    }

    /// Somebody with a browser that trusts the studio's authority, and nothing else.
    pub(crate) fn nobody(&self) -> Person {
        let pem = ureq::get(self.plain("/trust/studio-ca.pem")).call().unwrap().body_mut().read_to_vec().unwrap();
        let authority = Certificate::from_pem(&pem).unwrap();
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[authority])).build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_mins(1)))
            .build();
        let base = format!("https://127.0.0.1:{}", self.running().ready.port);
        Person {
            agent: Agent::new_with_config(agent),
            base,
            cookie: None,
            csrf: String::new(),
            bearer: None,
            workspace: String::new(),
        }
    }

    /// Invited by the owner, with an account of their own.
    pub(crate) fn member(&self, owner: &mut Person, role: &str, name: &str) -> Person {
        let invited = owner.post(&owner.at("/invitations"), &json!({ "role": role })).created();
        let code = invited["link_code"].as_str().unwrap();
        let mut person = self.nobody();
        let email = format!("{}@orchid.example", name.to_lowercase());
        let body = json!({ "name": name, "email": email, "password": PASSWORD });
        let me = person.post(&format!("/api/v1/invitations/{code}/accept"), &body).created();
        person.take(&me);
        person
    }
}

/// A browser: remembers its cookie and sends the CSRF word.
#[derive(Clone)]
pub(crate) struct Person {
    agent: Agent,
    base: String,
    pub(crate) cookie: Option<String>,
    pub(crate) csrf: String,
    pub(crate) bearer: Option<String>,
    pub(crate) workspace: String,
}

impl Person {
    /// An address inside the person's workspace.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("/api/v1/workspaces/{}{path}", self.workspace)
    }

    /// Remembers what an answer said about oneself.
    pub(crate) fn take(&mut self, me: &Value) {
        me["csrf"].as_str().unwrap().clone_into(&mut self.csrf);
        me["workspaces"][0]["id"].as_str().unwrap_or_default().clone_into(&mut self.workspace);
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None).0
    }

    pub(crate) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, None).0
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], None).0
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, &[("content-type", "application/json")], Some(body.to_string().into_bytes())).0
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Answer {
        let sent = Some(body.to_string().into_bytes());
        let (answer, cookie) = self.send("POST", path, &[("content-type", "application/json")], sent);
        if cookie.is_some() {
            self.cookie = cookie;
        }
        answer
    }

    pub(crate) fn post_raw(&self, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        self.send("POST", path, &[("content-type", kind)], Some(body)).0
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> (Answer, Option<String>) {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        for (name, value) in self.proof() {
            request = request.header(name, value);
        }
        let answer = match body {
            Some(body) => self.agent.run(request.body(body).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut answer = answer.unwrap_or_else(|e| panic!("{method} {path}: {e}"));
        let cookie =
            answer.headers().get("set-cookie").map(|c| c.to_str().unwrap().split(';').next().unwrap().to_owned());
        let headers =
            answer.headers().iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned())).collect();
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(200 << 20).read_to_vec().unwrap();
        (Answer { status, headers, body, asked: format!("{method} {path}") }, cookie)
    }

    fn proof(&self) -> Vec<(&'static str, String)> {
        match (&self.bearer, &self.cookie) {
            (Some(token), _) => vec![("authorization", format!("Bearer {token}"))],
            (None, Some(cookie)) => vec![("cookie", cookie.clone()), ("x-csrf-token", self.csrf.clone())],
            (None, None) => Vec::new(),
        }
    }

    /// The live stream, from where it was left.
    pub(crate) fn listen(&self, after: Option<&str>) -> Stream {
        let mut request = self.agent.get(format!("{}/api/v1/events", self.base));
        for (name, value) in self.proof() {
            request = request.header(name, value);
        }
        if let Some(after) = after {
            request = request.header("last-event-id", after);
        }
        let answer = request.call().unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        Stream(BufReader::new(Box::new(answer.into_body().into_reader())))
    }
}

/// An answer, whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    asked: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    #[track_caller]
    fn with(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}: {}", self.asked, String::from_utf8_lossy(&self.body));
        self
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        self.with(200).json()
    }

    #[track_caller]
    pub(crate) fn created(self) -> Value {
        self.with(201).json()
    }

    #[track_caller]
    pub(crate) fn done(self) {
        self.with(204);
    }

    /// A refusal in the one shape all refusals have.
    #[track_caller]
    pub(crate) fn refused(self, status: u16) -> Value {
        let answer = self.with(status);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", answer.asked);
        let problem = answer.json();
        assert_eq!(problem["status"], status, "{}", answer.asked);
        for part in ["type", "title", "detail", "code", "request"] {
            assert!(problem[part].as_str().is_some_and(|text| !text.is_empty()), "{}: no {part}", answer.asked);
        }
        assert_eq!(answer.header("x-request-id"), problem["request"].as_str());
        problem
    }
}

/// The live stream, one event after the other.
pub(crate) struct Stream(BufReader<Box<dyn Read>>);

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) data: Value,
}

impl Stream {
    /// None at its end.
    pub(crate) fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some(("id", id)) => event.id = Some(id.to_owned()),
                Some(("event", name)) => name.clone_into(&mut event.name),
                Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
                None if line.trim_end().is_empty() && !event.name.is_empty() => return Some(event),
                _ => {}
            }
        }
    }

    /// The next event of this name.
    pub(crate) fn until(&mut self, name: &str) -> Event {
        loop {
            let event = self.next().unwrap_or_else(|| panic!("the stream ended before {name}"));
            if event.name == name {
                return event;
            }
        }
    }
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    use dreamomni2::base::units::Size;
    use dreamomni2::media::encode;
    use dreamomni2::media::picture::Picture;
    let picture = Picture::filled(Size::new(width, height), [200, 80, 40]).unwrap();
    encode::png(&picture, encode::Effort::Quick).unwrap()
}
