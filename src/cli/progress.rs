//! A bar on the terminal while something takes long; nothing at all where nobody looks.

use std::io::{IsTerminal, stderr};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Steps of one piece of work.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(what: &str, of: u64) -> Self {
        Self::shown(what, of, "{msg:24} [{bar:30}] {pos}/{len} {elapsed}")
    }

    /// For copying: the total may be unknown at first.
    pub(super) fn bytes(what: &str) -> Self {
        Self::shown(what, 0, "{msg:24} [{bar:30}] {bytes}/{total_bytes} {elapsed}")
    }

    /// For what has no known end.
    pub(super) fn counting(what: &str) -> Self {
        Self::shown(what, 0, "{msg:24} {pos} {elapsed}")
    }

    fn shown(what: &str, of: u64, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(of), ProgressDrawTarget::stderr());
        if !stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        // The template is fixed text: a bad one would only lose the decoration.
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.map_or_else(|_| ProgressStyle::default_bar(), |s| s.progress_chars("━╸─")));
        bar.set_message(what.to_owned());
        Bar(bar)
    }

    /// `of` may change on the way: steps first, then frames.
    pub(super) fn reach(&self, step: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(step);
    }

    pub(super) fn end(self) {
        self.0.finish_and_clear();
    }
}
