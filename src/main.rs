//! The binary: everything it does is in the library.

use std::alloc::{GlobalAlloc, Layout, System};

use mimalloc::MiMalloc;

#[global_allocator]
static HEAP: Heap = Heap;

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

/// Small blocks are mimalloc's and large ones the C library's, which gives each back as it is freed: mimalloc keeps the
/// room of a model's weights until somebody wants as much again, which may be never.
struct Heap;

/// Most pictures are smaller, most weights larger.
const LARGE: usize = 8 << 20;

fn is_large(size: usize) -> bool {
    size >= LARGE
}

// SAFETY: a block's size says which of the two allocators it is of, whenever it is asked for; both keep the contract.
#[expect(unsafe_code, reason = "an allocator can be written in no other way")]
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promised.
        unsafe { if is_large(layout.size()) { System.alloc(layout) } else { MiMalloc.alloc(layout) } }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promised.
        unsafe { if is_large(layout.size()) { System.alloc_zeroed(layout) } else { MiMalloc.alloc_zeroed(layout) } }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised, and by its size the block is of this one.
        unsafe { if is_large(layout.size()) { System.dealloc(block, layout) } else { MiMalloc.dealloc(block, layout) } }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller promised, and by its size the block is of this one; what changes hands is copied.
        unsafe {
            match (is_large(layout.size()), is_large(size)) {
                (false, false) => MiMalloc.realloc(block, layout, size),
                (true, true) => System.realloc(block, layout, size),
                _ => {
                    let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
                    if !moved.is_null() {
                        moved.copy_from_nonoverlapping(block, layout.size().min(size));
                        self.dealloc(block, layout);
                    }
                    moved
                }
            }
        }
    }
}
