//! The door: routes, callers, problems, events. Reads, runs one domain verb, answers.
