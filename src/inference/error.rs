//! What can go wrong between an order and its picture, each with a sentence and a stable code.

use std::io;
use std::path::PathBuf;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a caller has to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is no such model, file or reference case.
    Missing,
    /// The order or the package is not acceptable as it is; asking again will not help.
    Refused,
    /// Somebody asked to stop.
    Stopped,
    /// The machine, the runtime or a package's files failed.
    Broken,
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error(
        "this build carries no ONNX Runtime, so it cannot render; run packaging/fetch-onnxruntime.sh and build again, \
         or bring one with `dreamomni2 runtime import`"
    )]
    RuntimeMissing,
    #[error("ONNX Runtime did not start: {0}; `dreamomni2 runtime use embedded` goes back to the built-in one")]
    RuntimeBroken(String),
    #[error("there is no runtime called \"{0}\"; `dreamomni2 runtime list` shows the ones there are")]
    NoSuchRuntime(String),
    #[error("a runtime called \"{0}\" is already there; give another with --name, or remove it first")]
    RuntimeTaken(String),
    #[error("the runtime was refused: {0}")]
    RuntimeRefused(String),
    #[error("{device} cannot be used: {why}")]
    DeviceUnusable { device: String, why: String },
    #[error("there is no model called \"{0}\"; `dreamomni2 model list` shows the ones there are")]
    NoSuchModel(String),
    #[error("a model called \"{0}\" is already there; choose another name, or remove it first")]
    NameTaken(String),
    #[error(
        "\"{0}\" cannot be a name here; use 1 to 64 letters, digits, '.', '-' and '_', beginning with a letter or digit"
    )]
    BadName(String),
    #[error("the package has no {file}; copy the whole folder again")]
    FileMissing { file: String },
    #[error("the package's {file} cannot be read as what it should be: {detail}")]
    FileMalformed { file: String, detail: String },
    #[error(
        "the package's {file} is not the file its list of hashes names (expected {expected}, found {found}); copy the package again"
    )]
    HashDiffers { file: String, expected: String, found: String },
    #[error("the package was refused: {file} {why}")]
    Unsafe { file: String, why: String },
    #[error("the package asks for {what} \"{found}\", which is not supported; supported are: {supported}")]
    Unsupported { what: &'static str, found: String, supported: String },
    #[error("the graph {graph} does not fit: expected {expected}; found {found}")]
    GraphDiffers { graph: String, expected: String, found: String },
    #[error(
        "the weights of this model are sealed, and the studio's keys are needed to open them; give --passphrase-file \
         FILE or --recovery-key-file FILE"
    )]
    Sealed,
    #[error(
        "the seal of this model is not of this studio or was changed, so its weights cannot be opened; remove the model \
         and import it again"
    )]
    ForeignSeal,
    #[error("the LoRA {file} {why}")]
    Lora { file: String, why: String },
    #[error("{0}")]
    BadOrder(String),
    #[error("{sentence}")]
    ForeignSource { sentence: String },
    #[error(
        "the import was stopped, as asked; what was copied stays for seven days, so import the same again to go on"
    )]
    Stopped,
    #[error(
        "the model's answer is not one text between a pair of tags, so it is of no use; the prompt stays as it is. Ask \
         again with other words, or go on without"
    )]
    NotRewritten,
    #[error("stopped after step {step}, as asked")]
    Cancelled { step: u32 },
    #[error(
        "the model gave a value that is no number in {stage}; nothing was kept. Try other settings, or test the model"
    )]
    NotANumber { stage: String },
    #[error("the graph {graph} failed: {detail}")]
    GraphFailed { graph: String, detail: String },
    #[error(
        "the graph {graph} could not be captured as a CUDA graph, and the card computes no more until the program is \
         started anew: {detail}; `cuda_graphs = false` in the configuration goes without"
    )]
    CaptureFailed { graph: String, detail: String },
    #[error(
        "there is not enough memory for {what}: {detail}; choose a smaller size, end other programs, or render on \
         another device"
    )]
    OutOfMemory { what: String, detail: String },
    #[error("{}: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
}

impl Error {
    pub fn kind(&self) -> Kind {
        match self {
            Error::NoSuchModel(_) | Error::NoSuchRuntime(_) | Error::FileMissing { .. } => Kind::Missing,
            Error::NameTaken(_)
            | Error::RuntimeTaken(_)
            | Error::RuntimeRefused(_)
            | Error::BadName(_)
            | Error::FileMalformed { .. }
            | Error::HashDiffers { .. }
            | Error::Unsafe { .. }
            | Error::Unsupported { .. }
            | Error::GraphDiffers { .. }
            | Error::Lora { .. }
            | Error::BadOrder(_)
            | Error::Sealed
            | Error::ForeignSource { .. }
            | Error::NotRewritten => Kind::Refused,
            Error::Cancelled { .. } | Error::Stopped => Kind::Stopped,
            Error::RuntimeMissing
            | Error::RuntimeBroken(_)
            | Error::DeviceUnusable { .. }
            | Error::NotANumber { .. }
            | Error::GraphFailed { .. }
            | Error::CaptureFailed { .. }
            | Error::OutOfMemory { .. }
            | Error::ForeignSeal
            | Error::Io { .. } => Kind::Broken,
        }
    }

    /// Whether the disk had no room.
    pub fn is_full(&self) -> bool {
        let full = |kind| matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        matches!(self, Error::Io { error, .. } if full(error.kind()))
    }

    /// Stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::RuntimeMissing => "runtime_missing",
            Error::RuntimeBroken(_) => "runtime_broken",
            Error::NoSuchRuntime(_) => "runtime_unknown",
            Error::RuntimeTaken(_) => "runtime_name_taken",
            Error::RuntimeRefused(_) => "runtime_refused",
            Error::DeviceUnusable { .. } => "device_unusable",
            Error::NoSuchModel(_) => "model_unknown",
            Error::NameTaken(_) => "model_name_taken",
            Error::BadName(_) => "model_name_malformed",
            Error::FileMissing { .. } => "package_file_missing",
            Error::FileMalformed { .. } => "package_file_malformed",
            Error::HashDiffers { .. } => "package_hash_differs",
            Error::Unsafe { .. } => "package_unsafe",
            Error::Unsupported { .. } => "package_unsupported",
            Error::GraphDiffers { .. } => "package_graph_differs",
            Error::Sealed => "model_sealed",
            Error::ForeignSeal => "model_seal_foreign",
            Error::Lora { .. } => "lora_unusable",
            Error::BadOrder(_) => "order_refused",
            Error::ForeignSource { .. } => "source_not_known",
            Error::NotRewritten => "rewrite_unusable",
            Error::Cancelled { .. } => "cancelled",
            Error::Stopped => "import_stopped",
            Error::NotANumber { .. } => "model_gave_no_number",
            Error::GraphFailed { .. } => "graph_failed",
            Error::CaptureFailed { .. } => "capture_failed",
            Error::OutOfMemory { .. } => "out_of_memory",
            Error::Io { .. } => "file_failed",
        }
    }
}
