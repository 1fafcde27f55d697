//! Wildcards: `{red|blue}` becomes one of its words, another for each variation, always the same for a seed.

use super::fault::Fault;
use super::terms::{LARGEST_SEED, Recipe, Task};
use crate::base::text::Prompt;

/// The seed of one variation: they follow each other.
fn seed_of(seed: u64, variation: u32) -> u64 {
    seed.wrapping_add(u64::from(variation)) & LARGEST_SEED
}

/// Whether every variation gets a prompt.
pub(super) fn check(prompt: &Prompt, seed: u64, variations: u32) -> Result<(), Fault> {
    for variation in 0..variations {
        let text = resolve(prompt.as_str(), seed_of(seed, variation)).ok_or(Fault::Wildcard)?;
        Prompt::new(&text).map_err(Fault::Prompt)?;
    }
    Ok(())
}

/// None when a brace with a choice in it is never closed. Braces without `|` are ordinary text.
fn resolve(text: &str, seed: u64) -> Option<String> {
    let (mut out, mut rest, mut state) = (String::with_capacity(text.len()), text, seed);
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((inside, behind)) = after.split_once('}') else {
            if after.contains('|') {
                return None;
            }
            out.push('{');
            rest = after;
            continue;
        };
        let choices: Vec<&str> = inside.split('|').collect();
        state = next(state);
        match choices.len() {
            1 => out.extend(["{", inside, "}"]),
            many => out.push_str(choices.get((state % many as u64) as usize).unwrap_or(&"").trim()),
        }
        rest = behind;
    }
    out.push_str(rest);
    Some(out)
}

/// One step of `SplitMix64`: neighbouring seeds choose independently.
fn next(state: u64) -> u64 {
    let state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Recipe {
    /// The recipe of one variation: its own seed, its wildcards resolved. Ordering it again makes the same picture.
    #[must_use]
    pub fn variation(&self, index: u32) -> Recipe {
        let seed = seed_of(self.seed, index);
        // An upscale says what its source is called, to the letter.
        let text = if self.task == Task::Upscale { None } else { resolve(self.prompt.as_str(), seed) };
        // The check has tried every variation: the fallback is never taken for a checked recipe.
        let prompt = text.and_then(|text| Prompt::new(&text).ok()).unwrap_or_else(|| self.prompt.clone());
        Recipe { prompt, seed, variations: 1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_is_resolved_the_same_way_for_the_same_seed() {
        let text = "a {red|blue|green} {cat|dog} {kept}";
        let one = resolve(text, 7).unwrap();
        assert_eq!(resolve(text, 7).unwrap(), one);
        assert!(one.ends_with("{kept}") && !one.contains('|'));
        let all: std::collections::BTreeSet<_> = (0..60).map(|seed| resolve(text, seed).unwrap()).collect();
        assert_eq!(all.len(), 6);
        assert_eq!(resolve("a {red|blue", 1), None);
        assert_eq!(resolve("a { b", 1).unwrap(), "a { b");
    }
}
