//! The conversation as Qwen2.5-VL reads it: one message with all pictures first, and the beginning of an answer.

use crate::inference::error::{Error, Result};
use crate::inference::order::Task;
use crate::inference::tokenizers::qwen::Qwen;

/// What stands for a picture's squares until they are put in.
pub(super) const SQUARE: &str = "<|image_pad|>";

/// Words and squares as numbers, each with its place.
pub(super) struct Message {
    pub(super) ids: Vec<i64>,
    /// When, row and column: words stand on a diagonal, squares of a picture on its grid.
    pub(super) places: Vec<[i64; 3]>,
    /// The place after the last.
    pub(super) next: i64,
}

/// What is said: the instruction, and which task the model was trained to see behind it.
pub(super) fn said(task: Task, instruction: &str) -> Result<String> {
    match task {
        Task::Edit => Ok(format!("{instruction} It is editing task.")),
        Task::Picture => Ok(format!("{instruction} It is generation task.")),
        Task::Clip | Task::Upscale => {
            Err(Error::BadOrder("only prompts of pictures and edits are rewritten; leave this one as it is".to_owned()))
        }
    }
}

impl Message {
    /// `pictures`: how many squares each has from top to bottom and from left to right.
    pub(super) fn new(words: &Qwen, text: &str, pictures: &[(usize, usize)]) -> Result<Self> {
        let square = words.sign(SQUARE)?;
        let text = words.read(text)?;
        let signs = [square, words.sign("<|vision_start|>")?, words.sign("<|vision_end|>")?];
        if text.iter().any(|id| signs.contains(id)) {
            let told = "the prompt holds a sign by which the model tells pictures from words; take it out";
            return Err(Error::BadOrder(told.to_owned()));
        }
        let [_, opening, closing] = signs;
        let mut message = Message { ids: Vec::new(), places: Vec::new(), next: 0 };
        message.add(&words.read("<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n")?);
        for (rows, columns) in pictures {
            message.add(&[opening]);
            message.picture(square, *rows, *columns);
            message.add(&[closing]);
        }
        message.add(&text);
        message.add(&words.read("<|im_end|>\n<|im_start|>assistant\n")?);
        Ok(message)
    }

    fn add(&mut self, ids: &[i64]) {
        self.ids.extend(ids);
        self.places.extend((self.next..).take(ids.len()).map(|place| [place; 3]));
        self.next += ids.len() as i64;
    }

    fn picture(&mut self, square: i64, rows: usize, columns: usize) {
        for (row, column) in (0..rows as i64).flat_map(|r| (0..columns as i64).map(move |c| (r, c))) {
            self.ids.push(square);
            self.places.push([self.next, self.next + row, self.next + column]);
        }
        self.next += rows.max(columns) as i64;
    }
}
