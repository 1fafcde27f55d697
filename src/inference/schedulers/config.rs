//! `scheduler_config.json`, with the defaults that each class of diffusers has.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::inference::error::{Error, Result};

use super::scheduler::Prediction;

/// A number is kept for each; models have a thousand.
const MOST_TRAIN_STEPS: usize = 100_000;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Config {
    #[serde(rename = "_class_name")]
    pub(super) class: String,
    pub(super) num_train_timesteps: Option<usize>,
    pub(super) beta_start: Option<f64>,
    pub(super) beta_end: Option<f64>,
    pub(super) beta_schedule: Option<String>,
    pub(super) trained_betas: Option<Vec<f64>>,
    pub(super) prediction_type: Option<String>,
    pub(super) timestep_spacing: Option<String>,
    pub(super) steps_offset: Option<i64>,
    pub(super) rescale_betas_zero_snr: Option<bool>,
    pub(super) final_sigmas_type: Option<String>,
    pub(super) use_karras_sigmas: Option<bool>,
    pub(super) use_exponential_sigmas: Option<bool>,
    pub(super) use_beta_sigmas: Option<bool>,
    pub(super) use_lu_lambdas: Option<bool>,
    pub(super) use_flow_sigmas: Option<bool>,
    pub(super) flow_shift: Option<f64>,
    pub(super) interpolation_type: Option<String>,
    pub(super) timestep_type: Option<String>,
    pub(super) sigma_min: Option<f64>,
    pub(super) sigma_max: Option<f64>,
    pub(super) thresholding: Option<bool>,
    // DDIM, LCM, Heun
    pub(super) clip_sample: Option<bool>,
    pub(super) clip_sample_range: Option<f32>,
    pub(super) set_alpha_to_one: Option<bool>,
    pub(super) original_inference_steps: Option<usize>,
    pub(super) timestep_scaling: Option<f64>,
    pub(super) skip_prk_steps: Option<bool>,
    // DPM++, UniPC
    pub(super) solver_order: Option<usize>,
    pub(super) solver_type: Option<String>,
    pub(super) algorithm_type: Option<String>,
    pub(super) lower_order_final: Option<bool>,
    pub(super) euler_at_final: Option<bool>,
    pub(super) lambda_min_clipped: Option<Value>,
    pub(super) variance_type: Option<String>,
    pub(super) predict_x0: Option<bool>,
    pub(super) disable_corrector: Option<Vec<usize>>,
    // Flow match
    pub(super) shift: Option<f64>,
    pub(super) use_dynamic_shifting: Option<bool>,
    pub(super) base_shift: Option<f64>,
    pub(super) max_shift: Option<f64>,
    pub(super) base_image_seq_len: Option<f64>,
    pub(super) max_image_seq_len: Option<f64>,
    pub(super) shift_terminal: Option<f64>,
    pub(super) time_shift_type: Option<String>,
    pub(super) invert_sigmas: Option<bool>,
    pub(super) stochastic_sampling: Option<bool>,
}

/// How steps are laid over the training's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spacing {
    Linspace,
    Leading,
    Trailing,
}

impl Config {
    pub(crate) const FILE: &str = "scheduler/scheduler_config.json";

    /// What stands there as a default only counts as not told: another class then has its own.
    pub(crate) fn read(mut told: Map<String, Value>) -> Result<Self> {
        if let Some(Value::Array(names)) = told.remove("_use_default_values") {
            told.retain(|name, _| !names.iter().any(|n| n == name));
        }
        serde_json::from_value(Value::Object(told))
            .map_err(|e| Error::FileMalformed { file: Config::FILE.to_owned(), detail: e.to_string() })
    }

    /// As the pipelines of Stable Diffusion 1.x and 2.x read it: what they hold for outdated is put right, for another
    /// class that is asked for only where it was told.
    #[must_use]
    pub(crate) fn brought_up_to_date(&self, masked: bool, asked: bool) -> Self {
        let mut config = self.clone();
        if !asked || config.steps_offset.is_some() {
            config.steps_offset = Some(1);
        }
        if masked && (!asked || config.skip_prk_steps.is_some()) {
            config.skip_prk_steps = Some(true);
        }
        let clips = config.clip_sample.unwrap_or(!asked && config.class == "DDIMScheduler");
        if clips && !masked {
            config.clip_sample = Some(false);
        }
        config
    }

    pub(super) fn train_steps(&self) -> usize {
        self.num_train_timesteps.unwrap_or(1000).max(2)
    }

    pub(super) fn prediction(&self) -> Result<Prediction, String> {
        match self.prediction_type.as_deref().unwrap_or("epsilon") {
            "epsilon" => Ok(Prediction::Epsilon),
            "v_prediction" => Ok(Prediction::Velocity),
            "sample" | "original_sample" => Ok(Prediction::Sample),
            "flow_prediction" => Ok(Prediction::Flow),
            other => Err(format!("prediction_type {other}")),
        }
    }

    pub(super) fn spacing(&self, usual: Spacing) -> Result<Spacing, String> {
        match self.timestep_spacing.as_deref() {
            None => Ok(usual),
            Some("linspace") => Ok(Spacing::Linspace),
            Some("leading") => Ok(Spacing::Leading),
            Some("trailing") => Ok(Spacing::Trailing),
            Some(other) => Err(format!("timestep_spacing {other}")),
        }
    }

    /// Whether the walk ends at the smallest sigma of the training in place of zero.
    pub(super) fn ends_at_sigma_min(&self) -> bool {
        self.final_sigmas_type.as_deref() == Some("sigma_min")
    }

    /// Where a sample is held after it was predicted; none when it is not.
    pub(super) fn clip(&self, usual: bool) -> Option<f32> {
        self.clip_sample.unwrap_or(usual).then(|| self.clip_sample_range.unwrap_or(1.0))
    }

    /// What no class here does.
    pub(super) fn refuse_the_rest(&self) -> Result<(), String> {
        if let Some(count) = self.num_train_timesteps.filter(|n| !(2..=MOST_TRAIN_STEPS).contains(n)) {
            return Err(format!("num_train_timesteps {count}"));
        }
        let asked = |option: Option<bool>, name: &str| {
            if option == Some(true) { Err(name.to_owned()) } else { Ok(()) }
        };
        asked(self.thresholding, "thresholding")?;
        asked(self.use_beta_sigmas, "use_beta_sigmas")?;
        asked(self.use_lu_lambdas, "use_lu_lambdas")?;
        asked(self.invert_sigmas, "invert_sigmas")?;
        asked(self.stochastic_sampling, "stochastic_sampling")?;
        let solver = ["DPMSolverMultistepScheduler", "UniPCMultistepScheduler", "dpm++", "unipc"];
        if self.use_dynamic_shifting == Some(true) && solver.contains(&self.class.as_str()) {
            return Err("use_dynamic_shifting of a multistep solver".to_owned());
        }
        match self.final_sigmas_type.as_deref() {
            None | Some("zero" | "sigma_min") => {}
            Some(other) => return Err(format!("final_sigmas_type {other}")),
        }
        match self.timestep_type.as_deref() {
            None | Some("discrete") => Ok(()),
            Some(other) => Err(format!("timestep_type {other}")),
        }
    }
}
