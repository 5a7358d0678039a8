//! zbar, opened where Debian's `libzbar0` is installed.
#![allow(unsafe_code, reason = "a C library that is opened at run time has no safe interface, and nothing of it ships")]

use std::ffi::{c_char, c_int, c_uint, c_ulong, c_void};
use std::ptr::{NonNull, null_mut};

use libloading::Library;
use vision::LumaView;

use super::Contender;

/// zbar's numbers (zbar.h): the symbology QR code, no symbology in particular, and two of the settings.
const QRCODE: c_int = 64;
const EVERY: c_int = 0;
const ENABLE: c_int = 0;
const TEST_INVERTED: c_int = 0x81;
/// The picture format: 8-bit luma, as four characters.
const Y800: c_ulong = u32::from_le_bytes(*b"Y800") as c_ulong;

type Opaque = *mut c_void;

/// The functions used, copied out of the library, which stays open beside them.
struct Calls {
    set_config: unsafe extern "C" fn(Opaque, c_int, c_int, c_int) -> c_int,
    image_create: unsafe extern "C" fn() -> Opaque,
    image_destroy: unsafe extern "C" fn(Opaque),
    set_format: unsafe extern "C" fn(Opaque, c_ulong),
    set_size: unsafe extern "C" fn(Opaque, c_uint, c_uint),
    set_data: unsafe extern "C" fn(Opaque, *const c_void, c_ulong, Opaque),
    scan: unsafe extern "C" fn(Opaque, Opaque) -> c_int,
    first: unsafe extern "C" fn(Opaque) -> Opaque,
    next: unsafe extern "C" fn(Opaque) -> Opaque,
    symbol_type: unsafe extern "C" fn(Opaque) -> c_int,
    symbol_data: unsafe extern "C" fn(Opaque) -> *const c_char,
    symbol_length: unsafe extern "C" fn(Opaque) -> c_uint,
}

pub(super) struct Zbar {
    calls: Calls,
    scanner: NonNull<c_void>,
    /// Last, so that it is closed after all else.
    _library: Library,
}

impl Zbar {
    /// Opens the library and one scanner; says what to install where there is none.
    pub(super) fn open() -> Result<Self, String> {
        // SAFETY: the system's own zbar; its initialisers only set up its tables.
        let library = unsafe { Library::new("libzbar.so.0") }
            .map_err(|error| format!("zbar cannot be opened ({error}); install it with `apt-get install libzbar0`"))?;
        // SAFETY: the types are those of zbar.h of 0.23, the version behind this library name.
        let (calls, create) = unsafe { (calls(&library)?, symbol(&library, "zbar_image_scanner_create")?) };
        let create: unsafe extern "C" fn() -> Opaque = create;
        // SAFETY: takes nothing; a null is refused below.
        let scanner = NonNull::new(unsafe { create() }).ok_or("zbar gave no scanner: its memory ran out")?;
        for (symbology, config, value) in [(EVERY, ENABLE, 0), (QRCODE, ENABLE, 1), (EVERY, TEST_INVERTED, 1)] {
            // SAFETY: `scanner` is alive. An unknown setting is answered with an error and changes nothing.
            unsafe { (calls.set_config)(scanner.as_ptr(), symbology, config, value) };
        }
        Ok(Self { calls, scanner, _library: library })
    }
}

/// # Safety
///
/// `T` must be the type of the function that `name` is.
unsafe fn symbol<T: Copy>(library: &Library, name: &str) -> Result<T, String> {
    // SAFETY: the caller's promise.
    let found = unsafe { library.get::<T>(name.as_bytes()) };
    found
        .map(|symbol| *symbol)
        .map_err(|error| format!("zbar lacks {name} ({error}); install libzbar0 of 0.23 or later"))
}

/// # Safety
///
/// `library` must be zbar 0.23 or a later one with the same interface.
unsafe fn calls(library: &Library) -> Result<Calls, String> {
    // SAFETY: the caller's promise; each field's type is the one in zbar.h.
    unsafe {
        Ok(Calls {
            set_config: symbol(library, "zbar_image_scanner_set_config")?,
            image_create: symbol(library, "zbar_image_create")?,
            image_destroy: symbol(library, "zbar_image_destroy")?,
            set_format: symbol(library, "zbar_image_set_format")?,
            set_size: symbol(library, "zbar_image_set_size")?,
            set_data: symbol(library, "zbar_image_set_data")?,
            scan: symbol(library, "zbar_scan_image")?,
            first: symbol(library, "zbar_image_first_symbol")?,
            next: symbol(library, "zbar_symbol_next")?,
            symbol_type: symbol(library, "zbar_symbol_get_type")?,
            symbol_data: symbol(library, "zbar_symbol_get_data")?,
            symbol_length: symbol(library, "zbar_symbol_get_data_length")?,
        })
    }
}

impl Contender for Zbar {
    fn settings(&self) -> String {
        "zbar 0.23 (libzbar.so.0): QR, also inverted, each row and column".to_owned()
    }

    fn read(&mut self, view: &LumaView<'_>) -> Vec<String> {
        let luma = view.to_luma();
        let data = luma.view().data();
        let side = |pixels: usize| c_uint::try_from(pixels).unwrap_or(0);
        let mut texts = Vec::new();
        // SAFETY: the image borrows `data`, which outlives it, without a clean-up handler; its size is the data's. Symbols and
        // their bytes belong to the image and are copied before it goes.
        unsafe {
            let image = (self.calls.image_create)();
            (self.calls.set_format)(image, Y800);
            (self.calls.set_size)(image, side(view.width()), side(view.height()));
            (self.calls.set_data)(image, data.as_ptr().cast(), data.len() as c_ulong, null_mut());
            if (self.calls.scan)(self.scanner.as_ptr(), image) > 0 {
                let mut found = (self.calls.first)(image);
                while !found.is_null() {
                    if (self.calls.symbol_type)(found) == QRCODE {
                        let length = (self.calls.symbol_length)(found) as usize;
                        let bytes = std::slice::from_raw_parts((self.calls.symbol_data)(found).cast::<u8>(), length);
                        texts.push(String::from_utf8_lossy(bytes).into_owned());
                    }
                    found = (self.calls.next)(found);
                }
            }
            (self.calls.image_destroy)(image);
        }
        texts
    }
}
