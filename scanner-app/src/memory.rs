//! Memory that a large task took while it was opened or judged, given back.
//!
//! Ten thousand scans are judged together when their task is opened: for a moment that takes as much as the whole app holds. The
//! allocator keeps what was freed for the next time, which on a terminal may be hours away.

/// Gives what the allocator holds free back to the system: a few milliseconds, so never between a scan and its answer.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    reason = "the allocator's own call: it takes no pointer and touches only what is free, under its own locks"
)]
pub fn give_back() {
    // SAFETY: malloc_trim may be called at any time from any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Other allocators give back by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub const fn give_back() {}
