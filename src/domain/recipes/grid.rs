//! A grid: one recipe with one or two of its fields walked through, every cell a checked recipe of its own.

use serde::{Deserialize, Serialize};

use super::check::check;
use super::fault::{CellValue, Fault, Faults};
use super::terms::{Draft, Recipe, Task};
use crate::base::units::Size;
use crate::domain::models::card::ModelCard;

pub const MOST_CELLS: usize = 64;
/// More faults than these are not read.
const MOST_TOLD: usize = 4;

/// What an axis walks through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Seed,
    Steps,
    Guidance,
    Strength,
    Scheduler,
    /// The first value is looked for in the prompt, and each value takes its place.
    Prompt,
    Model,
    Size,
}

impl Field {
    pub const ALL: [Field; 8] = [
        Field::Seed,
        Field::Steps,
        Field::Guidance,
        Field::Strength,
        Field::Scheduler,
        Field::Prompt,
        Field::Model,
        Field::Size,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Field::Seed => "seed",
            Field::Steps => "steps",
            Field::Guidance => "guidance",
            Field::Strength => "strength",
            Field::Scheduler => "scheduler",
            Field::Prompt => "prompt",
            Field::Model => "model",
            Field::Size => "size",
        }
    }
}

/// One side of a grid, with its values as they were typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axis {
    pub field: Field,
    pub values: Vec<String>,
}

impl Axis {
    /// What stands beside the cells of one value.
    pub fn label(&self, at: usize) -> String {
        self.value(at).to_string()
    }

    fn value(&self, at: usize) -> CellValue {
        CellValue { field: self.field.word(), value: self.values.get(at).cloned().unwrap_or_default() }
    }
}

/// Columns, and perhaps rows. Cells are counted row by row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    pub x: Axis,
    #[serde(default)]
    pub y: Option<Axis>,
}

impl Grid {
    pub fn columns(&self) -> usize {
        self.x.values.len()
    }

    pub fn rows(&self) -> usize {
        self.y.as_ref().map_or(1, |y| y.values.len())
    }

    pub fn count(&self) -> usize {
        self.columns().saturating_mul(self.rows())
    }

    /// Column and row of a cell.
    fn place(&self, cell: usize) -> (usize, usize) {
        let columns = self.columns().max(1);
        (cell % columns, cell / columns)
    }

    /// What sets a cell apart.
    fn values(&self, cell: usize) -> Vec<CellValue> {
        let (column, row) = self.place(cell);
        let row = self.y.as_ref().map(|y| y.value(row));
        std::iter::once(self.x.value(column)).chain(row).collect()
    }

    /// The recipe of every cell, in order; or what is wrong, and in which cell.
    pub fn cells(&self, draft: &Draft, models: &[ModelCard], seed: u64) -> Result<Vec<Recipe>, Faults> {
        self.sound(draft)?;
        let (mut recipes, mut faults) = (Vec::new(), Vec::new());
        for cell in 0..self.count() {
            let told = self.draft(draft, cell).map_err(|fault| Faults(vec![fault]));
            // All cells of one draft share its seed, so that only what the axes say is different.
            match told.and_then(|draft| check(&draft, models, seed)) {
                Ok(recipe) => recipes.push(recipe),
                Err(found) => faults.extend(found.0.into_iter().map(|fault| (cell, fault))),
            }
        }
        if faults.is_empty() { Ok(recipes) } else { Err(self.told(&faults)) }
    }

    /// Each fault once: as it is where every cell has it, else with the first cell that has it.
    fn told(&self, faults: &[(usize, Fault)]) -> Faults {
        let mut told: Vec<Fault> = Vec::new();
        let mut seen: Vec<&Fault> = Vec::new();
        for (cell, fault) in faults {
            if seen.contains(&fault) || told.len() == MOST_TOLD {
                continue;
            }
            seen.push(fault);
            let everywhere = faults.iter().filter(|(_, other)| other == fault).count() == self.count();
            let fault = Box::new(fault.clone());
            told.push(if everywhere { *fault } else { Fault::Cell { cell: self.values(*cell), fault } });
        }
        Faults(told)
    }

    fn sound(&self, draft: &Draft) -> Result<(), Faults> {
        let axes = || [Some(&self.x), self.y.as_ref()].into_iter().flatten();
        let fault = if axes().any(|axis| axis.values.iter().all(|value| value.trim().is_empty())) {
            Fault::AxisEmpty
        } else if axes().any(|axis| {
            axis.values.iter().enumerate().any(|(at, v)| axis.values.iter().take(at).any(|w| w.trim() == v.trim()))
        }) {
            Fault::AxisTwice
        } else if self.y.as_ref().is_some_and(|y| y.field == self.x.field && y.field != Field::Prompt) {
            Fault::AxesEqual
        } else if self.count() > MOST_CELLS {
            Fault::Cells(self.count())
        } else if draft.task == Task::Upscale {
            Fault::GridOfUpscale
        } else if draft.variations != 1 {
            Fault::GridOfVariations
        } else {
            return Ok(());
        };
        Err(Faults(vec![fault]))
    }

    fn draft(&self, draft: &Draft, cell: usize) -> Result<Draft, Fault> {
        let (column, row) = self.place(cell);
        let mut draft = draft.clone();
        set(&mut draft, &self.x, column)?;
        if let Some(y) = &self.y {
            set(&mut draft, y, row)?;
        }
        Ok(draft)
    }
}

fn set(draft: &mut Draft, axis: &Axis, at: usize) -> Result<(), Fault> {
    let value = axis.values.get(at).map_or("", |value| value.trim());
    let bad = || Fault::AxisValue { field: axis.field.word(), value: value.chars().take(80).collect() };
    match axis.field {
        Field::Seed => draft.seed = Some(value.parse().map_err(|_| bad())?),
        Field::Steps => draft.steps = Some(value.parse().map_err(|_| bad())?),
        Field::Guidance => draft.guidance = Some(value.parse().map_err(|_| bad())?),
        Field::Strength => draft.strength = Some(value.parse().map_err(|_| bad())?),
        Field::Scheduler => draft.scheduler = Some(value.to_owned()),
        Field::Model => value.clone_into(&mut draft.model),
        Field::Size => {
            let size: Size = value.parse().map_err(|_| bad())?;
            (draft.width, draft.height) = (Some(size.width), Some(size.height));
        }
        Field::Prompt => {
            let sought = axis.values.first().map_or("", |first| first.trim());
            // Where the prompt was rewritten, the model is told that; its words are what makes a difference.
            if sought.is_empty() || !draft.rewritten.as_ref().unwrap_or(&draft.prompt).contains(sought) {
                return Err(Fault::NotInPrompt(sought.chars().take(80).collect()));
            }
            draft.prompt = draft.prompt.replace(sought, value);
            draft.rewritten = draft.rewritten.take().map(|text| text.replace(sought, value));
        }
    }
    Ok(())
}
