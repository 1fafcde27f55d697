//! The binary: everything it does is in the library.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    silence_the_runtime();
    give_memory_back();
    dreamomni2::cli::main()
}

/// ONNX Runtime as published sends usage data and writes a device id into the home folder unless this is set before
/// the library is opened; its own interface for that comes too late. Workers inherit it.
#[expect(unsafe_code, reason = "the first thing in main, while there is only one thread")]
fn silence_the_runtime() {
    // SAFETY: no other thread exists yet that could read the environment meanwhile.
    unsafe { std::env::set_var("ORT_DISABLE_TELEMETRY", "1") }
}

/// ONNX Runtime takes its memory from the C library, which by and by keeps freed blocks of up to 32 MB for later: about
/// the size of a layer's weights. Given back at once, a loaded Stable Diffusion needs a fifth less.
#[expect(unsafe_code, reason = "the first things in main, while there is only one thread")]
fn give_memory_back() {
    // SAFETY: sets one number of the C library's allocator, before any other thread could use it.
    let _ = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 20) };
}
