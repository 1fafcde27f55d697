//! `render --rewrite` and `--rewrite-only`: the prompt as the model was trained to read it, shown before it is used.

use serde_json::json;

use crate::base::text::Prompt;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::progress::Bar;
use crate::cli::stop::Stop;
use crate::domain::recipes::Recipe;
use crate::inference::{Brief, Error, Rewriter};

use super::ask::Ask;

/// Prints what the prompt becomes, and makes nothing.
pub(super) fn only(rewriter: &mut Rewriter, ask: &Ask, stop: &Stop, as_json: bool) -> Result<(), Failure> {
    let text = rewritten(rewriter, ask, &ask.recipe, stop)?;
    if as_json {
        return output::json(&json!({ "prompt": ask.recipe.prompt, "rewritten": text }));
    }
    output::line(text)
}

/// Rewrites the prompt of every piece, each once. An answer that is of no use is told, and the prompt stays.
pub(super) fn all(rewriter: &mut Rewriter, ask: &mut Ask, stop: &Stop, as_json: bool) -> Result<(), Failure> {
    let mut known: Vec<(Prompt, Option<Prompt>)> = Vec::new();
    for piece in &ask.pieces {
        if known.iter().any(|(prompt, _)| *prompt == piece.prompt) {
            continue;
        }
        let text = match rewritten(rewriter, ask, piece, stop) {
            Ok(text) => Some(text),
            Err(failure) if failure.code() == Error::NotRewritten.code() => {
                eprintln!("note: {}", failure.sentence());
                None
            }
            Err(failure) => return Err(failure),
        };
        if let Some(text) = text.as_ref().filter(|_| !as_json) {
            output::line(format_args!("rewritten: {text}"))?;
        }
        known.push((piece.prompt.clone(), text));
    }
    let of =
        |recipe: &Recipe| known.iter().find(|(prompt, _)| *prompt == recipe.prompt).and_then(|(_, text)| text.clone());
    ask.recipe.rewritten = ask.pieces.first().and_then(of);
    for piece in &mut ask.pieces {
        piece.rewritten = of(piece);
    }
    Ok(())
}

fn rewritten(rewriter: &mut Rewriter, ask: &Ask, recipe: &Recipe, stop: &Stop) -> Result<Prompt, Failure> {
    let brief = Brief { task: ask.task, prompt: recipe.prompt.to_string(), references: ask.references.clone() };
    let bar = Bar::counting("rewriting the prompt");
    let answer = rewriter.rewrite(&brief, &mut |tokens| {
        bar.reach(tokens.into(), 0);
        stop.check()
    });
    bar.end();
    Prompt::new(&answer?.text).map_err(|bad| Failure::refused("rewritten_malformed", bad))
}
