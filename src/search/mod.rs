//! Words to pictures: a sealed full-text index, derived from the rows and always rebuildable.
