//! Everything that can be wrong with a draft, each with its own sentence, field and code.

use std::fmt;

use crate::base::text::BadText;
use crate::base::units::Size;
use crate::domain::models::card::ModelCard;

/// One thing wrong with a draft.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    #[error("{0}")]
    Prompt(BadText),
    #[error("{0}")]
    Negative(BadText),
    #[error("The rewritten prompt cannot be used: {0}")]
    Rewritten(BadText),
    #[error("{0} steps cannot make a picture; choose 1 to {1}")]
    Steps(u32, u32),
    #[error("{asked} is no size this model can make; choose from {min} to {max} in multiples of {multiple}")]
    Size { asked: Size, min: Size, max: Size, multiple: u32 },
    #[error("The guidance must be a number from 0 to 30")]
    Guidance,
    #[error("The seed {0} is out of range; choose a whole number from 0 to 9007199254740991, or leave it empty")]
    Seed(u64),
    #[error("{0} variations are not possible; choose 1 to 8")]
    Variations(u32),
    #[error("There is no model \"{0}\" in this studio; choose one from the list of models")]
    Model(String),
    #[error("The model {model} cannot do the task \"{task}\"; choose another model or task")]
    Task { model: String, task: &'static str },
    #[error("{given} references are too many for {model}; it takes at most {most}")]
    References { given: usize, most: u32, model: String },
    #[error("The model {model} does not know the role \"{role}\"; choose another role for that reference")]
    Role { model: String, role: &'static str },
    #[error("A picture to start from is missing; add a reference with the role source")]
    NoSource,
    #[error(
        "A source of {from} would become {becomes}, and a picture may have {side} pixels on a side and {millions} \
         million in all; choose a smaller source, or a model that enlarges less"
    )]
    UpscaleSize { from: Size, becomes: Size, side: u32, millions: u64 },
    #[error("A clip cannot be upscaled; download its frames, bring in the one you need and upscale that")]
    UpscaleOfClip,
    #[error("An upscale makes one picture of one; take the grid away")]
    GridOfUpscale,
    #[error("{0} frames are not possible; choose 1 to {1}")]
    Frames(u32, u32),
    #[error(
        "{asked} frames are not possible with this model: it makes one and then {step} at a time; choose {below} or {above}"
    )]
    FrameStep { asked: u32, step: u32, below: u32, above: u32 },
    #[error("{0}/{1} is not a frame rate; choose for example 24/1, 25/1 or 24000/1001")]
    Rate(u32, u32),
    #[error("A mask says what of a source may change; add a reference with the role source, or take the mask out")]
    MaskWithoutSource,
    #[error("One mask is enough: paint into one picture what may change")]
    Masks,
    #[error("The mask is of another size ({mask}) than the source ({of}); paint it over the source")]
    MaskSize { mask: Size, of: Size },
    #[error("The strength must be a number from 0 to 1")]
    Strength,
    #[error("A strength says how far an edit leaves its source; leave it out, or choose the task edit")]
    StrengthWithoutEdit,
    #[error("The model {0} does not know a strength; leave it out")]
    StrengthUnknown(String),
    #[error("The model {model} has no scheduler \"{asked}\"; {hint}")]
    Scheduler { model: String, asked: String, hint: String },
    #[error("A reference is not in this workspace any more; remove it or choose another")]
    ReferenceMissing,
    #[error("A wildcard is not closed or is empty; write it like {{red|blue|green}}")]
    Wildcard,
    #[error("An axis of the grid has no values; give it some, or take it away")]
    AxisEmpty,
    #[error("An axis of the grid has the same value twice; take one of them away")]
    AxisTwice,
    #[error("Both axes of the grid change the same; choose another for one of them")]
    AxesEqual,
    #[error("{0} cells are too many for one grid; 64 are possible")]
    Cells(usize),
    #[error("A grid makes one picture per cell; set the variations to 1")]
    GridOfVariations,
    #[error("\"{value}\" cannot be a value for {field}; correct it or take it away")]
    AxisValue { field: &'static str, value: String },
    #[error("The prompt does not hold \"{0}\", the first value of its axis; it is what the other values replace")]
    NotInPrompt(String),
    #[error("In the cell {}: {fault}", .cell.iter().map(CellValue::to_string).collect::<Vec<_>>().join(", "))]
    Cell { cell: Vec<CellValue>, fault: Box<Fault> },
}

/// One field as an axis of a grid sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellValue {
    /// The stable word of the field.
    pub field: &'static str,
    pub value: String,
}

impl fmt::Display for CellValue {
    /// Words of a prompt speak for themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field == "prompt" { f.write_str(&self.value) } else { write!(f, "{} {}", self.field, self.value) }
    }
}

impl Fault {
    pub(super) fn scheduler(card: &ModelCard, asked: &str) -> Self {
        let hint = match card.schedulers.as_slice() {
            [] => "leave it out: it has only its own".to_owned(),
            known => format!("choose one of {}, or leave it out", known.join(", ")),
        };
        Fault::Scheduler { model: card.name.clone(), asked: asked.chars().take(80).collect(), hint }
    }

    pub fn code(&self) -> &'static str {
        match self {
            Fault::Prompt(bad) => match bad.code() {
                "text_empty" => "prompt_empty",
                "text_too_long" => "prompt_too_long",
                _ => "prompt_control_character",
            },
            Fault::Negative(_) => "negative_malformed",
            Fault::Rewritten(_) => "rewritten_malformed",
            Fault::Steps(..) => "steps_out_of_range",
            Fault::Size { .. } => "size_out_of_range",
            Fault::Guidance => "guidance_out_of_range",
            Fault::Seed(_) => "seed_out_of_range",
            Fault::Variations(_) => "variations_out_of_range",
            Fault::Model(_) => "model_unknown",
            Fault::Task { .. } => "task_not_possible",
            Fault::References { .. } => "too_many_references",
            Fault::Role { .. } => "role_not_possible",
            Fault::NoSource => "source_missing",
            Fault::UpscaleSize { .. } => "upscale_too_large",
            Fault::UpscaleOfClip => "upscale_of_clip",
            Fault::GridOfUpscale => "grid_of_upscale",
            Fault::Frames(..) => "frames_out_of_range",
            Fault::FrameStep { .. } => "frames_not_possible",
            Fault::Rate(..) => "rate_malformed",
            Fault::MaskWithoutSource => "mask_without_source",
            Fault::Masks => "too_many_masks",
            Fault::MaskSize { .. } => "mask_of_another_size",
            Fault::Strength => "strength_out_of_range",
            Fault::StrengthWithoutEdit => "strength_without_edit",
            Fault::StrengthUnknown(_) => "strength_not_possible",
            Fault::Scheduler { .. } => "scheduler_not_possible",
            Fault::ReferenceMissing => "reference_missing",
            Fault::Wildcard => "wildcard_malformed",
            Fault::AxisEmpty => "axis_empty",
            Fault::AxisTwice => "axis_value_twice",
            Fault::AxesEqual => "axes_equal",
            Fault::Cells(_) => "too_many_cells",
            Fault::GridOfVariations => "grid_of_variations",
            Fault::AxisValue { .. } => "axis_value_malformed",
            Fault::NotInPrompt(_) => "words_not_in_prompt",
            Fault::Cell { fault, .. } => fault.code(),
        }
    }

    pub fn field(&self) -> &'static str {
        match self {
            Fault::Prompt(_) | Fault::Wildcard => "prompt",
            Fault::Negative(_) => "negative",
            Fault::Rewritten(_) => "rewritten",
            Fault::Steps(..) => "steps",
            Fault::Size { .. } => "size",
            Fault::Guidance => "guidance",
            Fault::Seed(_) => "seed",
            Fault::Variations(_) => "variations",
            Fault::Model(_) => "model",
            Fault::Task { .. } => "task",
            Fault::References { .. }
            | Fault::Role { .. }
            | Fault::NoSource
            | Fault::UpscaleSize { .. }
            | Fault::UpscaleOfClip
            | Fault::MaskWithoutSource
            | Fault::Masks
            | Fault::MaskSize { .. }
            | Fault::ReferenceMissing => "references",
            Fault::Frames(..) | Fault::FrameStep { .. } => "frames",
            Fault::Rate(..) => "rate",
            Fault::Strength | Fault::StrengthWithoutEdit | Fault::StrengthUnknown(_) => "strength",
            Fault::Scheduler { .. } => "scheduler",
            Fault::AxisEmpty
            | Fault::AxisTwice
            | Fault::AxesEqual
            | Fault::Cells(_)
            | Fault::GridOfVariations
            | Fault::GridOfUpscale
            | Fault::AxisValue { .. }
            | Fault::NotInPrompt(_)
            | Fault::Cell { .. } => "grid",
        }
    }
}

/// Everything wrong with a draft; never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    pub fn code(&self) -> &'static str {
        self.0.first().map_or("recipe_malformed", Fault::code)
    }

    /// In which cell of a grid the fault is that the code names; empty where it is in all or in none.
    pub fn cell(&self) -> &[CellValue] {
        if let Some(Fault::Cell { cell, .. }) = self.0.first() { cell } else { &[] }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if place == 0 { "" } else { ". " })?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
