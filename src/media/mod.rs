//! Pixels and clips: reading what people bring, writing what they take home.
