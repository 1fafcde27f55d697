//! Sealed rows and blobs on disk: the only floor that knows the database.
