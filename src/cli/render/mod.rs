//! `render`: words and references in, a picture or a clip out, with no server.

mod ask;
mod grid;
mod make;
mod report;
mod rewrite;
mod target;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::app::shelf;
use crate::inference::{Engine, Packages, Task};

use super::Place;
use super::failure::Failure;
use super::keys::Keys;
use super::stop::Stop;
use ask::Ask;
use report::Report;
use target::{Draft, Target};

/// Render a picture or a clip here and now, with no server and no data folder.
///
/// The same command on the same machine gives the same bytes: without --seed the seed is 0. Words that the model
/// does not know are named on stderr, never dropped in silence. The output is written whole or not at all.
/// With --data the models of that studio can be used; without it, the starter model that this program carries.
#[derive(Args)]
#[command(after_help = "\
References and their roles:
  FILE[:ROLE], ROLE one of source subject style pose palette texture first_frame last_frame mask
  (without a role: source for --task edit and upscale, first_frame for a clip, subject otherwise).

Output by its name:
  NAME.png   a picture, with the recipe inside so that a later edit of it is exact
  NAME.mp4   a clip: AV1, constant frame rate, bt709
  NAME/      a folder of numbered PNG frames (for a clip), or of pictures

Examples:
  dreamomni2 render --prompt \"a red boat on the sea at sunset\" -o boat.png
  dreamomni2 render --prompt \"make the boat blue\" --task edit --reference boat.png:source -o blue.png
  dreamomni2 render --model sdxl --prompt \"a window\" --reference wall.png:source --mask where.png -o window.png
  dreamomni2 render --prompt \"two people in the rain, close-up\" --reference photo.jpg:palette --seed 7 -o rain.png
  dreamomni2 render --prompt \"a car moves right, camera pans left\" --task clip --frames 48 --rate 24 -o car.mp4
  dreamomni2 render --task upscale --model esrgan --reference boat.png -o large.png   needs an upscaler, no words
  dreamomni2 render --prompt \"a house\" --variations 4 -o house.png        house-1.png to house-4.png
  dreamomni2 render --prompt \"a boat\" --grid-x seed=1,2,3 --grid-y guidance=2,4 -o sheet/   six cells and a sheet
  dreamomni2 render --model dreamomni2 --rewrite --prompt \"her on that bench\" --reference her.png -o her-there.png
  dreamomni2 render --prompt \"a cat\" -o cat.png --json                    what was made, as JSON")]
pub(super) struct Render {
    /// What the picture should show, up to 4,000 characters; an upscale needs none.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, required_unless_present = "task")]
    prompt: Option<String>,
    /// What it should not show.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    negative: Option<String>,
    /// A picture (PNG, JPEG, WebP) that leads the render; may be given several times.
    #[arg(long, value_name = "FILE[:ROLE]")]
    reference: Vec<String>,
    /// Paints what of the source may change (white) and what stays (black); as large as the source.
    #[arg(long, value_name = "FILE")]
    mask: Option<String>,
    /// What to make; without it, the output's name and the references decide.
    #[arg(long, value_enum)]
    task: Option<TaskWord>,
    /// How many frames a clip has.
    #[arg(long, value_name = "N")]
    frames: Option<u32>,
    /// Frames per second of a clip: 24, 25, 30, 24000/1001 …
    #[arg(long, value_name = "N[/D]")]
    rate: Option<String>,
    /// Width and height in pixels.
    #[arg(long, value_name = "WxH")]
    size: Option<String>,
    /// How many denoising steps.
    #[arg(long, value_name = "N")]
    steps: Option<u32>,
    /// How strongly the words lead; 1 or less asks the model only once per step.
    #[arg(long, value_name = "G", allow_negative_numbers = true)]
    guidance: Option<f32>,
    /// How far an edit may leave its source, 0 to 1, where the model knows it (see `model info`).
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    strength: Option<f64>,
    /// Another way from noise to picture than the model's own (see `model info`).
    #[arg(long, value_name = "NAME")]
    scheduler: Option<String>,
    /// Chooses among the many pictures of the same words: 0 to 9007199254740991, or `random`.
    #[arg(long, value_name = "N", default_value = "0", allow_negative_numbers = true)]
    seed: String,
    /// How many pictures, each with the next seed (1 to 8).
    #[arg(long, value_name = "N", default_value = "1")]
    variations: u32,
    /// One picture per value, in columns: seed=1,2,3, steps=4,8, guidance=…, strength=…, scheduler=…, model=…,
    /// size=640x360,360x640, or prompt=boat,ship,raft (the first is looked for, the others take its place).
    #[arg(long, value_name = "FIELD=VALUES")]
    grid_x: Option<String>,
    /// The same in rows; at most 64 cells. Writes the cells and sheet.png into the folder OUT.
    #[arg(long, value_name = "FIELD=VALUES")]
    grid_y: Option<String>,
    /// The model's name (see `model list`).
    #[arg(long, value_name = "NAME", default_value = "starter")]
    model: String,
    /// Where to write: NAME.png, NAME.mp4 or a folder NAME/.
    #[arg(short, long, alias = "out", value_name = "OUT", required_unless_present = "rewrite_only")]
    output: Option<PathBuf>,
    /// Have the model's rewriter say the prompt as the model was trained to read it, print that, and render it.
    #[arg(long)]
    rewrite: bool,
    /// Only print the rewritten prompt.
    #[arg(long)]
    rewrite_only: bool,
    /// Start from this noise (a .npy file of float32) instead of the seed's.
    #[arg(long, value_name = "FILE.npy")]
    init_latents: Option<PathBuf>,
    /// Also write the final latents (a .npy file of float32).
    #[arg(long, value_name = "FILE.npy")]
    dump_latents: Option<PathBuf>,
    #[command(flatten)]
    keys: Keys,
    /// Print what was made as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// The tasks as they are typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TaskWord {
    Picture,
    Edit,
    Clip,
    Upscale,
}

impl From<TaskWord> for Task {
    fn from(word: TaskWord) -> Self {
        match word {
            TaskWord::Picture => Task::Picture,
            TaskWord::Edit => Task::Edit,
            TaskWord::Clip => Task::Clip,
            TaskWord::Upscale => Task::Upscale,
        }
    }
}

impl Render {
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let packages = self.keys.unlock_for(&self.model, self.packages(place)?, place)?;
        let package = packages.find(&self.model)?;
        // A grid may walk through several models; without one nothing else is looked at.
        let cards = match self.grid_x {
            Some(_) => packages.list()?.iter().map(shelf::card).collect(),
            None => vec![shelf::card(&package.info)],
        };
        let mut ask = Ask::read(&self, &cards)?;
        let stop = Stop::watch();
        let engine = Engine::open(place.engine()?)?;
        if self.rewrite_only {
            return rewrite::only(&mut engine.load_rewriter(&package)?, &ask, &stop, self.json);
        }
        if self.rewrite {
            // Gone before the model itself is loaded: each may fill the memory.
            rewrite::all(&mut engine.load_rewriter(&package)?, &mut ask, &stop, self.json)?;
        }
        let (mut loaded, mut pipeline) = (package.info.name.clone(), engine.load(&package)?);
        let mut draft = Draft::new();
        let mut report = Report::new(&package.info, &ask.recipe);
        let mut cells = Vec::new();
        for (one, index) in ask.pieces.iter().zip(0..) {
            if one.model != loaded {
                (loaded, pipeline) = (one.model.clone(), engine.load(&packages.find(&one.model)?)?);
            }
            let (made, small) = make::make(pipeline.as_mut(), &ask, &one.variation(0), index, &stop, &mut draft)?;
            report.add(made);
            cells.push(small);
        }
        if let (Some(grid), Target::Folder(folder)) = (&ask.grid, &ask.target) {
            grid::lay(grid, &ask.recipe, cells, folder, &mut draft)?;
        }
        if let Some(file) = &self.dump_latents {
            report.dump(file, &mut draft)?;
        }
        draft.finish()?;
        report.print(self.json)
    }

    /// Without a data folder there is the starter; with one, its models too.
    fn packages(&self, place: &Place) -> Result<Packages, Failure> {
        if place.data.is_none() && place.config.is_none() && self.model == "starter" {
            return Ok(Packages::new(None));
        }
        Ok(Packages::new(Some(place.config()?.models())))
    }
}
