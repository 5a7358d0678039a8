//! The VFS: everything goes through to SQLite's own, and into the journal. Nothing is synced for real: the model does that.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::size_of;
use std::path::{Path, PathBuf};
use std::ptr::null_mut;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::ffi;

use crate::Op;

/// A registered VFS with its journal. It lives as long as the process, as SQLite asks of a VFS.
#[derive(Clone, Copy)]
pub struct TestVfs {
    shared: &'static Shared,
}

struct Shared {
    name: CString,
    /// SQLite's own VFS.
    base: *mut ffi::sqlite3_vfs,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    ops: Vec<Op>,
    numbers: BTreeMap<PathBuf, usize>,
    files: usize,
    /// Bytes that the files' folder may hold; none = any.
    space_bytes: Option<u64>,
    refused: u64,
}

/// What SQLite allocates for each open file; the base VFS's own file follows it in memory.
#[repr(C)]
struct OpenFile {
    base: ffi::sqlite3_file,
    shared: *const Shared,
    /// Number in the journal; none = a file without a name.
    number: Option<usize>,
    folder: *mut PathBuf,
}

// SAFETY: `base` points to SQLite's own VFS, which is never freed and may be called from any thread.
unsafe impl Sync for Shared {}
// SAFETY: as above.
unsafe impl Send for Shared {}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TestVfs {
    /// Registers a VFS under a name that no other has.
    ///
    /// # Panics
    /// When the name holds a NUL or SQLite refuses it.
    #[must_use]
    pub fn register(name: &str) -> Self {
        let name = CString::new(name).expect("the test chooses a name without NUL");
        // SAFETY: SQLite's own VFS is always there; the copy and its name are leaked, so they outlive every connection.
        unsafe {
            ffi::sqlite3_initialize();
            let base = ffi::sqlite3_vfs_find(std::ptr::null());
            assert!(!base.is_null(), "SQLite has a VFS of its own");
            let shared: &'static Shared = Box::leak(Box::new(Shared { name, base, state: Mutex::default() }));
            let mut vfs = *base;
            vfs.pNext = null_mut();
            vfs.zName = shared.name.as_ptr();
            vfs.szOsFile = c_int::try_from(size_of::<OpenFile>()).expect("a small struct") + (*base).szOsFile;
            vfs.pAppData = std::ptr::from_ref(shared).cast_mut().cast();
            vfs.xOpen = Some(open);
            vfs.xDelete = Some(delete);
            let registered = ffi::sqlite3_vfs_register(Box::leak(Box::new(vfs)), 0);
            assert_eq!(registered, ffi::SQLITE_OK);
            Self { shared }
        }
    }

    /// Its name, as connections ask for it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.shared.name.to_str().unwrap_or_default()
    }

    /// Writes a number of the test's own into the journal.
    pub fn note(&self, number: u64) {
        self.shared.state().ops.push(Op::Note(number));
    }

    /// Takes the journal so far.
    #[must_use]
    pub fn take(&self) -> Vec<Op> {
        std::mem::take(&mut self.shared.state().ops)
    }

    /// Limits the bytes that all files in the folder of the store may hold together; none = no limit.
    pub fn limit_space(&self, bytes: Option<u64>) {
        self.shared.state().space_bytes = bytes;
    }

    /// How many writes were refused for want of space.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.shared.state().refused
    }
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives a file of `szOsFile` bytes and our own VFS, whose data is the leaked `Shared`.
    unsafe {
        let shared = &*(*vfs).pAppData.cast::<Shared>();
        let own = file.cast::<OpenFile>();
        let real = real(file);
        (*own).base.pMethods = std::ptr::null();
        let path = (!name.is_null()).then(|| PathBuf::from(CStr::from_ptr(name).to_string_lossy().into_owned()));
        let found = path.as_ref().and_then(|path| std::fs::read(path).ok());
        let Some(base_open) = (*shared.base).xOpen else { return ffi::SQLITE_CANTOPEN };
        let answer = base_open(shared.base, name, real, flags, out_flags);
        if answer != ffi::SQLITE_OK {
            return answer;
        }
        let number = path.as_ref().map(|path| shared.state().number(path, found));
        let folder = path.as_deref().and_then(Path::parent).unwrap_or(Path::new(".")).to_owned();
        (*own).shared = shared;
        (*own).number = number;
        (*own).folder = Box::into_raw(Box::new(folder));
        (*own).base.pMethods = &raw const METHODS;
        ffi::SQLITE_OK
    }
}

impl State {
    /// The file's number; a file that is new to the journal is entered with what it holds.
    fn number(&mut self, path: &Path, found: Option<Vec<u8>>) -> usize {
        if let (Some(number), true) = (self.numbers.get(path), found.is_some()) {
            return *number;
        }
        let number = self.files;
        self.files += 1;
        self.numbers.insert(path.to_owned(), number);
        self.ops.push(Op::Open { path: path.to_owned(), file: number, found });
        number
    }

    fn has_space(&mut self, folder: &Path, more: u64) -> bool {
        let Some(space) = self.space_bytes else { return true };
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        // The shared memory beside a write-ahead log is not on the disk that we model.
        let stored = entries.filter(|entry| !entry.file_name().to_string_lossy().ends_with("-shm"));
        let used: u64 = stored.filter_map(|entry| entry.metadata().ok()).map(|found| found.len()).sum();
        let fits = used + more <= space;
        self.refused += u64::from(!fits);
        fits
    }
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: SQLite gives our own VFS and a name that ends in NUL.
    unsafe {
        let shared = &*(*vfs).pAppData.cast::<Shared>();
        let path = PathBuf::from(CStr::from_ptr(name).to_string_lossy().into_owned());
        let Some(base_delete) = (*shared.base).xDelete else { return ffi::SQLITE_IOERR_DELETE };
        let answer = base_delete(shared.base, name, 0);
        if answer == ffi::SQLITE_OK {
            let mut state = shared.state();
            state.numbers.remove(&path);
            state.ops.push(Op::Delete { path, synced: sync_folder != 0 });
        }
        answer
    }
}

/// The base VFS's file, which lies behind ours.
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: `szOsFile` covers both.
    unsafe { file.cast::<OpenFile>().add(1).cast() }
}

/// Hands a call on to the base VFS's file.
macro_rules! hand_on {
    ($name:ident, $method:ident, ($($arg:ident: $kind:ty),*), $missing:expr) => {
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file, $($arg: $kind),*) -> c_int {
            // SAFETY: SQLite calls with a file that `open` has set up.
            unsafe {
                let real = real(file);
                match (*(*real).pMethods).$method {
                    Some(method) => method(real, $($arg),*),
                    None => $missing,
                }
            }
        }
    };
}

hand_on!(read, xRead, (into: *mut c_void, bytes: c_int, offset: ffi::sqlite3_int64), ffi::SQLITE_IOERR_READ);
hand_on!(real_write, xWrite, (from: *const c_void, bytes: c_int, offset: ffi::sqlite3_int64), ffi::SQLITE_IOERR_WRITE);
hand_on!(real_truncate, xTruncate, (length: ffi::sqlite3_int64), ffi::SQLITE_IOERR_TRUNCATE);
hand_on!(real_close, xClose, (), ffi::SQLITE_OK);
hand_on!(file_size, xFileSize, (length: *mut ffi::sqlite3_int64), ffi::SQLITE_IOERR_FSTAT);
hand_on!(lock, xLock, (level: c_int), ffi::SQLITE_IOERR_LOCK);
hand_on!(unlock, xUnlock, (level: c_int), ffi::SQLITE_IOERR_UNLOCK);
hand_on!(check_reserved_lock, xCheckReservedLock, (held: *mut c_int), ffi::SQLITE_IOERR_CHECKRESERVEDLOCK);
hand_on!(file_control, xFileControl, (op: c_int, arg: *mut c_void), ffi::SQLITE_NOTFOUND);
hand_on!(sector_size, xSectorSize, (), 512);
hand_on!(device_characteristics, xDeviceCharacteristics, (), 0);
hand_on!(shm_map, xShmMap, (page: c_int, size: c_int, extend: c_int, at: *mut *mut c_void), ffi::SQLITE_IOERR_SHMMAP);
hand_on!(shm_lock, xShmLock, (offset: c_int, count: c_int, flags: c_int), ffi::SQLITE_IOERR_SHMLOCK);
hand_on!(shm_unmap, xShmUnmap, (delete: c_int), ffi::SQLITE_OK);

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: as in `hand_on`.
    unsafe {
        let real = real(file);
        if let Some(method) = (*(*real).pMethods).xShmBarrier {
            method(real);
        }
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    bytes: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite gives `bytes` readable bytes and a file that `open` has set up.
    unsafe {
        let own = file.cast::<OpenFile>();
        if let Some(number) = (*own).number {
            let written = std::slice::from_raw_parts(from.cast::<u8>(), usize::try_from(bytes).unwrap_or(0));
            let offset = u64::try_from(offset).unwrap_or(0);
            let mut length = 0;
            file_size(file, &raw mut length);
            let more = (offset + written.len() as u64).saturating_sub(u64::try_from(length).unwrap_or(0));
            let mut state = (*(*own).shared).state();
            if more > 0 && !state.has_space(&*(*own).folder, more) {
                return ffi::SQLITE_FULL;
            }
            state.ops.push(Op::Write { file: number, offset, bytes: written.to_vec() });
        }
        real_write(file, from, bytes, offset)
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: ffi::sqlite3_int64) -> c_int {
    // SAFETY: SQLite calls with a file that `open` has set up.
    unsafe {
        let own = file.cast::<OpenFile>();
        if let Some(number) = (*own).number {
            let length = u64::try_from(length).unwrap_or(0);
            (*(*own).shared).state().ops.push(Op::Truncate { file: number, length });
        }
        real_truncate(file, length)
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: SQLite calls with a file that `open` has set up.
    unsafe {
        let own = file.cast::<OpenFile>();
        if let Some(number) = (*own).number {
            (*(*own).shared).state().ops.push(Op::Sync { file: number });
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once; `folder` came from a box.
    unsafe {
        let own = file.cast::<OpenFile>();
        drop(Box::from_raw((*own).folder));
        real_close(file)
    }
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    // Version 2: shared memory, and no memory-mapped reads, which would go past the journal.
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

thread_local! {
    static LAST_CONNECTION: Cell<*mut ffi::sqlite3> = const { Cell::new(null_mut()) };
}

unsafe extern "C" fn remember(
    connection: *mut ffi::sqlite3,
    _error: *mut *mut c_char,
    _api: *const ffi::sqlite3_api_routines,
) -> c_int {
    LAST_CONNECTION.set(connection);
    ffi::SQLITE_OK
}

/// From now on remembers the connection that a thread opened last, so that a test can spoil it.
pub fn watch_connections() {
    // SAFETY: the entry point lives as long as the process.
    unsafe {
        ffi::sqlite3_initialize();
        ffi::sqlite3_auto_extension(Some(remember));
    }
}

/// Runs a statement on the connection that this thread opened last, behind the back of whoever owns it. Answers whether it worked.
///
/// # Safety
/// That connection must still be open, and nobody may be using it meanwhile.
#[must_use]
pub unsafe fn last_connection_pragma(statement: &CStr) -> bool {
    let connection = LAST_CONNECTION.get();
    // SAFETY: the caller says that the connection is open; the statement ends in NUL.
    !connection.is_null()
        && unsafe { ffi::sqlite3_exec(connection, statement.as_ptr(), None, null_mut(), null_mut()) } == ffi::SQLITE_OK
}

/// The base file lies right behind ours: it must be aligned there.
const _: () = assert!(size_of::<OpenFile>().is_multiple_of(align_of::<u64>()));
