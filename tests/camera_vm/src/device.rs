//! The writing side of a video device: v4l2loopback hands what is written here to whoever reads it as a camera.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use v4l::buffer::Type;
use v4l::control::{Control, Value};
use v4l::io::mmap::Stream;
use v4l::io::traits::Stream as _;
use v4l::video::Output;
use v4l::{Device, Format as DeviceFormat};

use crate::{Format, Size};

/// Name of the button by which the kernel's `vivid` driver plays a camera pulled out.
const UNPLUG: &str = "Disconnect";

/// Opens `/dev/videoN` to write frames of this kind; fails where the driver takes another kind instead.
pub fn open(index: usize, format: Format, size: Size) -> Result<Device> {
    let device = Device::new(index).with_context(|| format!("/dev/video{index} cannot be opened"))?;
    let wanted = DeviceFormat::new(size.width, size.height, format.fourcc());
    let taken = Output::set_format(&device, &wanted)
        .with_context(|| format!("/dev/video{index} refuses {} {size}", format.fourcc()))?;
    ensure!(
        (taken.width, taken.height, taken.fourcc) == (size.width, size.height, format.fourcc()),
        "/dev/video{index} took {} {}x{} instead of {} {size}",
        taken.fourcc,
        taken.width,
        taken.height,
        format.fourcc()
    );
    Ok(device)
}

/// Writes the frames round and round at this pace until the device fails; never returns without an error.
pub fn feed(device: &mut Device, frames: &[Vec<u8>], pause: Duration) -> Result<()> {
    for frame in frames.iter().cycle() {
        let written = device.write(frame).context("a frame cannot be written")?;
        ensure!(written == frame.len(), "the device took {written} of {} bytes of a frame", frame.len());
        std::thread::sleep(pause);
    }
    Ok(())
}

/// Announces a stream and never sends a frame.
pub fn hold(device: &Device) -> Result<()> {
    let mut stream = Stream::with_buffers(device, Type::VideoOutput, 2).context("the device gives no buffers")?;
    stream.start().context("the stream cannot be announced")?;
    loop {
        std::thread::sleep(Duration::from_secs(60));
    }
}

/// Pulls the camera out of its socket, as far as its readers can tell; it is back when all have let go of it.
pub fn unplug(index: usize) -> Result<()> {
    let device = Device::new(index).with_context(|| format!("/dev/video{index} cannot be opened"))?;
    let controls = device.query_controls().context("the device tells no controls")?;
    let button = controls.iter().find(|control| control.name == UNPLUG);
    let button = button.with_context(|| format!("/dev/video{index} has no control `{UNPLUG}`; is it vivid's?"))?;
    device.set_control(Control { id: button.id, value: Value::Integer(1) }).context("the button cannot be pressed")
}
