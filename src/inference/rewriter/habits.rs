//! How answers are made: when one is at its end, and that what was said already counts less.

use serde::Deserialize;

use crate::inference::error::Result;
use crate::inference::packages::{Files, REWRITER};
use crate::inference::tokenizers::qwen::Qwen;

pub(super) struct Habits {
    ends: Vec<i64>,
    penalty: f32,
}

/// `generation_config.json`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    eos_token_id: Option<Ends>,
    repetition_penalty: Option<f32>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Ends {
    One(i64),
    Several(Vec<i64>),
}

impl Habits {
    pub(super) fn read(files: &Files, words: &Qwen) -> Result<Self> {
        let file = format!("{REWRITER}/generation_config.json");
        let told: Told = if files.has(&file) { files.json(&file)? } else { Told::default() };
        let ends = match told.eos_token_id {
            Some(Ends::One(end)) => vec![end],
            Some(Ends::Several(ends)) => ends,
            None => vec![words.sign("<|im_end|>")?, words.sign("<|endoftext|>")?],
        };
        Ok(Habits { ends, penalty: told.repetition_penalty.filter(|p| *p > 0.0).unwrap_or(1.0) })
    }

    pub(super) fn end(&self, id: i64) -> bool {
        self.ends.contains(&id)
    }

    /// The likeliest number; the first of equals. What stands in the message or the answer already counts less.
    pub(super) fn next(&self, logits: &[f32], read: &[i64]) -> i64 {
        let mut scores = logits.to_vec();
        for id in read {
            let at = usize::try_from(*id).unwrap_or(usize::MAX);
            if let (Some(score), Some(said)) = (scores.get_mut(at), logits.get(at)) {
                *score = if *said < 0.0 { said * self.penalty } else { said / self.penalty };
            }
        }
        let best = scores.iter().enumerate().reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(0, |(at, _)| at as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_already_counts_less_and_the_first_of_equals_wins() {
        let habits = Habits { ends: vec![9], penalty: 1.05 };
        assert_eq!(habits.next(&[2.0, -1.0, 1.95], &[]), 0);
        assert_eq!(habits.next(&[2.0, -1.0, 1.95], &[0, 0]), 2);
        assert_eq!(habits.next(&[-1.0, -1.04], &[0, 7]), 1);
        assert_eq!(habits.next(&[1.0, 3.0, 3.0], &[]), 1);
    }
}
