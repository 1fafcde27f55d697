//! Which orders a model takes: refused before any work, each with what would be right.

use crate::inference::error::{Error, Result};
use crate::inference::order::{Order, Role, Task};
use crate::inference::packages::PackageInfo;
use crate::inference::schedulers;

const MOST_STEPS: u32 = 500;
const MOST_FRAMES: u32 = 3600;

pub(crate) fn check(order: &Order, model: &PackageInfo) -> Result<()> {
    let refuse = |sentence: String| Err(Error::BadOrder(sentence));
    let (size, sizes) = (order.size, &model.sizes);
    for (name, side) in [("width", size.width), ("height", size.height)] {
        if !(sizes.min..=sizes.max).contains(&side) || !side.is_multiple_of(sizes.multiple) {
            return refuse(format!(
                "a {name} of {side} is not possible with {}; choose a multiple of {} from {} to {}",
                model.name, sizes.multiple, sizes.min, sizes.max
            ));
        }
    }
    if !(1..=MOST_STEPS).contains(&order.steps) {
        return refuse(format!("{} steps are not possible; choose 1 to {MOST_STEPS}", order.steps));
    }
    if !(0.0..=100.0).contains(&order.guidance) {
        return refuse(format!("a guidance of {} is not possible; choose 0 to 100", order.guidance));
    }
    if !model.tasks.contains(&order.task) {
        return refuse(format!("the model {} cannot do this task; choose another model", model.name));
    }
    if order.references.len() > model.max_references {
        return refuse(format!(
            "{} references are too many: the model {} takes at most {}",
            order.references.len(),
            model.name,
            model.max_references
        ));
    }
    if let Some(r) = order.references.iter().find(|r| !model.roles.contains(&r.role)) {
        return refuse(format!("the model {} takes no reference for {}; leave it out", model.name, r.role));
    }
    let of_role = |role| order.references.iter().filter(move |r| r.role == role).map(|r| r.picture.size());
    if matches!(order.task, Task::Edit | Task::Upscale) && of_role(Role::Source).count() != 1 {
        return refuse("exactly one reference with the role source is needed: the picture to work on".to_owned());
    }
    let masks: Vec<_> = of_role(Role::Mask).collect();
    if masks.len() > 1 {
        return refuse("one mask is enough: paint into one picture what may change".to_owned());
    }
    if let Some(mask) = masks.first() {
        let Some(source) = of_role(Role::Source).next() else {
            return refuse("a mask needs the picture that it covers: add a reference with the role source".to_owned());
        };
        if *mask != source {
            return refuse(format!(
                "the mask is of another size ({mask}) than the source ({source}); paint it over the source"
            ));
        }
    }
    match (order.strength, model.strength) {
        (Some(_), None) => return refuse(format!("the model {} does not know a strength; leave it out", model.name)),
        (Some(strength), Some(_)) if !(0.0..=1.0).contains(&strength) => {
            return refuse(format!("a strength of {strength} is not possible; choose 0 to 1"));
        }
        _ => {}
    }
    // Models that offer no choice are flow models.
    if let Some(asked) = &order.scheduler
        && schedulers::is_flow(asked) != model.schedulers.is_empty()
    {
        return refuse(format!("the model {} cannot use the scheduler {asked}; leave it out", model.name));
    }
    if order.task == Task::Clip && !(1..=MOST_FRAMES).contains(&order.frames) {
        return refuse(format!("{} frames are not possible; choose 1 to {MOST_FRAMES}", order.frames));
    }
    Ok(())
}
