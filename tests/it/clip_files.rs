//! A clip's files on their way out: by range while it plays, all frames as a zip, previews while it is made.

use std::time::Duration;

use dreamomni2::base::units::{Rate, Size};
use dreamomni2::domain::jobs::lane::{self, Handed};
use dreamomni2::domain::renders::MadeWith;
use dreamomni2::media::clip::Encoder;
use dreamomni2::media::frames;
use dreamomni2::media::picture::Picture;
use serde_json::json;

use crate::support::server::Server;

const SIZE: Size = Size { width: 64, height: 64 };
const FRAMES: u8 = 6;

pub(crate) fn handed() -> Handed {
    let mut clip = Encoder::new(SIZE, Rate::FILM).unwrap();
    let mut all = frames::Writer::new(Vec::new(), SIZE, Rate::FILM).unwrap();
    let mut first = None;
    for frame in 0..FRAMES {
        let picture = Picture::filled(SIZE, [frame * 40, 80, 40]).unwrap();
        clip.push(&picture).unwrap();
        all.push(&picture).unwrap();
        first.get_or_insert(picture);
    }
    Handed {
        file: clip.finish().unwrap(),
        poster: Some(dreamomni2::media::encode::jpeg(&first.unwrap(), 82).unwrap()),
        all_frames: Some(all.finish().unwrap()),
        latents: None,
        width: SIZE.width,
        height: SIZE.height,
        frames: Some(FRAMES.into()),
        rate: Some(Rate::FILM),
        model: MadeWith { name: "starter".to_owned(), version: "1".to_owned(), hash: "ab".repeat(32) },
        unknown_words: Vec::new(),
        took: Duration::from_secs(1),
    }
}

#[test]
fn a_clip_plays_by_range_and_leaves_as_frames() {
    let (server, mut owner) = Server::ready();
    let models = owner.get("/api/v1/models").ok();
    let model = &models["items"][0];
    let size = &model["sizes"]["suggested"][0];
    let recipe = json!({
        "task": "clip", "prompt": "a red boat", "references": [], "width": size["width"], "height": size["height"],
        "steps": 2, "guidance": 3.0, "seed": 7, "variations": 1, "model": model["name"],
        "frames": FRAMES, "rate": { "num": 24, "den": 1 },
    });
    let job = owner.post(&owner.at("/jobs"), &recipe).created();
    assert_eq!((job["state"].as_str(), job["position"].as_u64()), (Some("queued"), Some(1)));
    let job_path = owner.at(&format!("/jobs/{}", job["id"].as_str().unwrap()));

    let system = server.running().studio.system().unwrap();
    let claimed = lane::claim(&system, "test", None).unwrap().unwrap();
    let preview = dreamomni2::media::encode::jpeg(&Picture::filled(SIZE, [1, 2, 3]).unwrap(), 70).unwrap();
    lane::step(&system, &claimed.lease, 0, 1, 2, Some(preview.clone()));
    let running = owner.get(&job_path).ok();
    assert_eq!((running["state"].as_str(), running["step"].as_u64()), (Some("running"), Some(1)));
    let shown = owner.get(&format!("{job_path}/preview?revision={}", running["preview"]));
    assert_eq!((shown.status, shown.body), (200, preview));

    let handed = handed();
    let file = handed.file.clone();
    lane::finish_variation(&system, &claimed.lease, 0, handed).unwrap();
    lane::finish(&system, &claimed.lease).unwrap();
    let done = owner.get(&job_path).ok();
    assert_eq!(done["state"], "done");
    let path = owner.at(&format!("/renders/{}", done["renders"][0].as_str().unwrap()));
    let render = owner.get(&path).ok();
    assert_eq!((render["kind"].as_str(), render["recipe"]["seed"].as_u64()), (Some("clip"), Some(7)));
    let source = json!({ "render": render["id"], "role": "source" });
    let larger = json!({ "task": "upscale", "references": [source], "model": model["name"] });
    assert_eq!(owner.post(&owner.at("/jobs"), &larger).refused(422)["code"], "upscale_of_clip");

    let whole = owner.get(&format!("{path}/clip"));
    assert_eq!((whole.header("content-type"), whole.header("accept-ranges")), (Some("video/mp4"), Some("bytes")));
    assert_eq!(whole.body, file);
    let part = owner.get_with(&format!("{path}/clip"), &[("range", "bytes=100-")]);
    assert_eq!((part.status, part.body.as_slice()), (206, &file[100..]));
    let zip = owner.get(&format!("{path}/frames.zip"));
    assert_eq!(zip.header("content-type"), Some("application/zip"));
    assert_eq!(zip.header("content-length"), Some(zip.body.len().to_string().as_str()));
    assert!(zip.body.starts_with(b"PK") && zip.body.windows(4).filter(|w| w == b"PK\x01\x02").count() == 6);
    assert_eq!(owner.get(&format!("{path}/picture?size=thumb")).header("content-type"), Some("image/jpeg"));

    let tile = &owner.get(&owner.at("/gallery?kind=renders")).ok()["items"][0];
    assert_eq!((tile[0].clone(), tile[1].as_str()), (render["id"].clone(), Some("clip")));
    assert_eq!(owner.delete(&path).ok()["deleted"], true);
    assert_eq!(owner.post(&format!("{path}/restore"), &json!({})).ok()["deleted"], false);
}

#[test]
fn a_recipe_that_cannot_be_made_names_every_field() {
    let (_server, mut owner) = Server::ready();
    let bad = json!({
        "task": "picture", "prompt": "", "references": [], "width": 99999, "height": 1, "steps": 0,
        "guidance": 3.0, "seed": 9_007_199_254_740_992_u64, "variations": 9, "model": "no such model",
    });
    let problem = owner.post(&owner.at("/jobs"), &bad).refused(422);
    let fields: Vec<&str> =
        problem["fields"].as_array().unwrap().iter().filter_map(|field| field["field"].as_str()).collect();
    for field in ["prompt", "seed", "variations", "model"] {
        assert!(fields.contains(&field), "{field} is not in {problem}");
    }
    assert_eq!(owner.get(&owner.at("/jobs")).ok()["items"], json!([]));
}
