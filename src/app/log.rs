//! The log: sentences on standard error, and no panic that prints what people wrote.

use std::io::IsTerminal;

use tracing::Level;

/// Starts the log once; a second start (tests, `try`) changes nothing.
pub fn start(level: Level) {
    let lines = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .finish();
    if tracing::subscriber::set_global_default(lines).is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            // The message may hold a prompt or a name; the place never does.
            let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
            let thread = std::thread::current().name().unwrap_or("without a name").to_owned();
            tracing::error!(place, thread, "a part of the studio failed and was stopped at {place}");
        }));
    }
}
