//! Finds the scheduler that a package names, or that an order asks for in its place.

use crate::inference::error::{Error, Result};

use super::config::Config;
use super::ddim::Ddim;
use super::dpm::Dpm;
use super::euler::Euler;
use super::flow_euler::FlowEuler;
use super::heun::Heun;
use super::lcm::Lcm;
use super::pndm::Pndm;
use super::scheduler::Scheduler;
use super::unipc::UniPc;

/// Our words and diffusers' classes.
const KNOWN: [(&str, &str); 9] = [
    ("euler", "EulerDiscreteScheduler"),
    ("euler_ancestral", "EulerAncestralDiscreteScheduler"),
    ("ddim", "DDIMScheduler"),
    ("dpm++", "DPMSolverMultistepScheduler"),
    ("lcm", "LCMScheduler"),
    ("unipc", "UniPCMultistepScheduler"),
    ("heun", "HeunDiscreteScheduler"),
    ("pndm", "PNDMScheduler"),
    ("flow_euler", "FlowMatchEulerDiscreteScheduler"),
];

/// Behind a word: with Karras' spacing of the sigmas.
const KARRAS: &str = "_karras";

/// How a walk is planned.
pub(crate) struct Plan<'a> {
    pub(crate) steps: usize,
    /// Another scheduler than the package's.
    pub(crate) asked: Option<&'a str>,
    /// How many tokens the picture has, for families whose shift depends on it.
    pub(crate) tokens: Option<usize>,
}

pub(crate) fn choose(config: &Config, plan: &Plan) -> Result<Box<dyn Scheduler>> {
    let mut config = config.clone();
    if let Some(asked) = plan.asked {
        let plain = asked.strip_suffix(KARRAS);
        plain.unwrap_or(asked).clone_into(&mut config.class);
        if plain.is_some() {
            config.use_karras_sigmas = Some(true);
        }
    }
    let known = KNOWN.iter().find(|(word, class)| *word == config.class || *class == config.class);
    let Some((word, _)) = known else {
        return Err(unsupported("the scheduler", &config.class, String::new()));
    };
    let made = config.refuse_the_rest().and_then(|()| make(word, &config, plan));
    made.map_err(|option| unsupported("the scheduler's option", &option, format!("{} without it, ", config.class)))
}

/// Refuses a package's scheduler that no order could use.
pub(crate) fn expect_usable(config: &Config) -> Result<()> {
    // What pipelines put right is put right; any number of tokens will do.
    let config = config.brought_up_to_date(true, false);
    choose(&config, &Plan { steps: 1, asked: None, tokens: Some(1024) }).map(drop)
}

/// The schedulers that an order may ask for in place of the one that `config` names; none for flow models, whose
/// numbers mean something else to all others.
pub(crate) fn offered(config: &Config) -> Vec<String> {
    const STEPS: usize = 4;
    const WITH_KARRAS: [&str; 4] = ["euler", "dpm++", "unipc", "heun"];
    if is_flow(&config.class) {
        return Vec::new();
    }
    let plain = KNOWN.iter().map(|(word, _)| (*word).to_owned()).filter(|word| word != "flow_euler");
    let karras = WITH_KARRAS.iter().map(|word| format!("{word}{KARRAS}"));
    let taken = |word: &String| choose(config, &Plan { steps: STEPS, asked: Some(word), tokens: None }).is_ok();
    plain.chain(karras).filter(taken).collect()
}

/// Whether a scheduler is one of flow models.
pub(crate) fn is_flow(asked: &str) -> bool {
    ["flow_euler", "FlowMatchEulerDiscreteScheduler"].contains(&asked)
}

fn make(word: &str, config: &Config, plan: &Plan) -> Result<Box<dyn Scheduler>, String> {
    let steps = plan.steps;
    Ok(match word {
        "euler" => Box::new(Euler::new(config, steps)?),
        "euler_ancestral" => Box::new(Euler::ancestral(config, steps)?),
        "ddim" => Box::new(Ddim::new(config, steps)?),
        "dpm++" => Box::new(Dpm::new(config, steps)?),
        "lcm" => Box::new(Lcm::new(config, steps)?),
        "unipc" => Box::new(UniPc::new(config, steps)?),
        "heun" => Box::new(Heun::new(config, steps)?),
        "pndm" => Box::new(Pndm::new(config, steps)?),
        _ => Box::new(FlowEuler::new(config, steps, plan.tokens)?),
    })
}

fn unsupported(what: &'static str, found: &str, before: String) -> Error {
    let known = KNOWN.map(|(word, class)| format!("{word} ({class})")).join(", ");
    Error::Unsupported { what, found: found.chars().take(100).collect(), supported: before + &known }
}
