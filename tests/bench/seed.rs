//! A studio with many renders for the other measurements: `cargo run --release --example bench_seed -- DATA [COUNT [WIDTH]]`.
//!
//! Goes the ordinary way of a job (ordered, claimed, handed in) with a picture of 16:9 and no engine: 32 pixels wide
//! unless WIDTH says more. Put DATA into memory (/dev/shm) to spare the disk its hundred thousand syncs. Prints the
//! e-mail address and password of the owner.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use dreamomni2::app::shelf;
use dreamomni2::base::clock::{Clock, Stopwatch};
use dreamomni2::base::entropy::Entropy;
use dreamomni2::base::secret::Secret;
use dreamomni2::base::units::Size;
use dreamomni2::crypto::FileKey;
use dreamomni2::domain::accounts::NewAccount;
use dreamomni2::domain::jobs::{self, Trouble, lane};
use dreamomni2::domain::models::{ModelCard, Offer, Shelf, TestCase, Told, UnknownWord};
use dreamomni2::domain::recipes::{Draft, Task};
use dreamomni2::domain::renders::{Handed, MadeWith};
use dreamomni2::domain::setup::{self, Method, Order};
use dreamomni2::domain::studio::{Opening, Studio};
use dreamomni2::inference::Packages;
use dreamomni2::media::encode::{self, Effort};
use dreamomni2::media::picture::Picture;

const WORDS: [&str; 16] = [
    "red",
    "blue",
    "green",
    "circle",
    "boat",
    "sea",
    "night",
    "street",
    "rain",
    "house",
    "wide shot",
    "close-up",
    "tree",
    "snow",
    "bird",
    "moon",
];

/// The models as they are; nothing is ever tested here.
struct Plain(Vec<ModelCard>);

impl Shelf for Plain {
    fn cards(&self) -> Vec<ModelCard> {
        self.0.clone()
    }

    fn reading(&self, _model: &str, _text: &str) -> Vec<UnknownWord> {
        Vec::new()
    }

    fn test(&self, _model: &str, _key: &FileKey) -> Result<Vec<TestCase>, String> {
        Err("nothing is tested here".to_owned())
    }

    fn incoming(&self) -> Option<PathBuf> {
        None
    }

    fn look(&self, _from: &Path, _told: &mut Told) -> Result<Offer, Trouble> {
        Err(nothing())
    }

    fn import(&self, _from: &Path, _name: &str, _seal: Option<&FileKey>, _told: &mut Told) -> Result<(), Trouble> {
        Err(nothing())
    }

    fn is_of(&self, _model: &str, _from: &Path, _told: &mut Told) -> Result<bool, Trouble> {
        Err(nothing())
    }

    fn forget(&self, _from: &Path) {}

    fn tidy(&self) {}

    fn remove(&self, _model: &str) -> Result<(), Trouble> {
        Err(nothing())
    }
}

fn nothing() -> Trouble {
    Trouble { code: "bench".to_owned(), sentence: "nothing is brought in here".to_owned() }
}

fn main() -> anyhow::Result<()> {
    let mut words = std::env::args().skip(1);
    let data = PathBuf::from(words.next().context("say where: bench_seed DATA [COUNT [WIDTH]]")?);
    let count: u32 = words.next().map_or(Ok(100_000), |word| word.parse()).context("COUNT is a number")?;
    let width: u32 = words.next().map_or(Ok(32), |word| word.parse()).context("WIDTH is a number")?;
    if data.exists() {
        bail!("{} is there already; remove it or name another folder", data.display());
    }
    let card = shelf::card(&Packages::new(None).find("starter")?.info);
    let studio = Studio::open(Opening {
        data: data.clone(),
        clock: Clock::system(),
        entropy: Entropy::system(),
        shelf: Arc::new(Plain(vec![card.clone()])),
        key_file: data.join("keys/unlock.key"),
        hardness: dreamomni2::store::keys::Keyring::HARDNESS,
    })?;
    let password = "a long password for measuring";
    let order = Order {
        code: setup::renew_code(&data, &Clock::system(), &Entropy::system())?,
        studio_name: "Bench".to_owned(),
        contact: "bench@studio.example".to_owned(),
        owner: NewAccount {
            name: "Bench".to_owned(),
            email: "bench@studio.example".to_owned(),
            password: Secret::new(password),
        },
        unlock: Method::KeyFile,
        workspace_name: "Bench".to_owned(),
    };
    let done = studio.set_up(order, "bench", "bench")?;
    let (act, system) = (done.signed_in.act, studio.system()?);
    let began = Stopwatch::start();
    let mut made = 0;
    while made < count {
        let pick = |n: u32| WORDS[((made / 8 * 7 + n * 5) as usize + (made as usize / 3)) % WORDS.len()];
        let prompt = format!("a {} {} in the {} number {}", pick(0), pick(1), pick(2), made / 8);
        let draft = Draft {
            task: Task::Picture,
            prompt,
            negative: None,
            references: Vec::new(),
            width: None,
            height: None,
            steps: None,
            guidance: None,
            seed: Some(u64::from(made)),
            variations: 8.min(count - made),
            model: card.name.clone(),
            frames: None,
            rate: None,
            strength: None,
            scheduler: None,
            rewritten: None,
        };
        jobs::order(&act, done.workspace, &draft)?;
        let claimed = lane::claim(&system, "bench", None)?.context("the job just ordered is not there")?;
        for (index, _) in &claimed.variations {
            lane::finish_variation(&system, &claimed.lease, *index, handed(made, width, &card)?)?;
            made += 1;
        }
        lane::finish(&system, &claimed.lease)?;
        if made % 10_000 < 8 {
            eprintln!("{made} of {count} after {:.0} s", began.elapsed().as_secs_f64());
        }
    }
    println!(
        "{}",
        serde_json::json!({ "renders": made, "seconds": began.elapsed().as_secs_f64(), "email": "bench@studio.example", "password": password })
    );
    Ok(())
}

fn handed(number: u32, width: u32, card: &ModelCard) -> anyhow::Result<Handed> {
    let size = Size::new(width, width * 9 / 16);
    let picture = Picture::new(size, scene(number, size))?;
    Ok(Handed {
        file: encode::png(&picture, Effort::Quick)?,
        poster: None,
        all_frames: None,
        latents: None,
        width: size.width,
        height: size.height,
        frames: None,
        rate: None,
        model: MadeWith { name: card.name.clone(), version: card.version.clone(), hash: card.hash.clone() },
        unknown_words: Vec::new(),
        took: Duration::from_millis(700),
    })
}

/// A sky and a sea with ripples: smooth and rough parts, no two the same, so that its files weigh what pictures weigh.
fn scene(number: u32, size: Size) -> Vec<u8> {
    let tint = [number % 251, number / 7 % 251, number / 251 % 251];
    let horizon = size.height * (4 + number % 5) / 10;
    let mut rgb = Vec::with_capacity(size.pixels() as usize * 3);
    for y in 0..size.height {
        for x in 0..size.width {
            let ripple = if y > horizon { ((x * (3 + number % 5)) ^ (y * 7)) % 64 } else { 0 };
            let light = y * 160 / size.height;
            rgb.extend(tint.map(|one| ((one / 2 + light + ripple) % 256) as u8));
        }
    }
    rgb
}
