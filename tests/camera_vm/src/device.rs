//! The writing side of a video device: v4l2loopback hands what is written here to whoever reads it as a camera.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use v4l::buffer::Type;
use v4l::control::{Control, Value};
use v4l::fraction::Fraction;
use v4l::io::mmap::Stream;
use v4l::io::traits::Stream as _;
use v4l::video::capture::Parameters;
use v4l::video::{Capture, Output};
use v4l::{Device, Format as DeviceFormat};

use crate::{Format, Size};

/// Name of the button by which the kernel's `vivid` driver plays a camera pulled out.
const UNPLUG: &str = "Disconnect";

/// A camera that we are: `/dev/videoN` with a stream announced.
pub struct Camera {
    device: Device,
    // Without it the loopback never offers the node for output again once a reader has asked for its capabilities.
    _announced: Stream<'static>,
}

impl Camera {
    /// Opens the node and announces frames of this kind; fails where the driver takes another kind instead.
    pub fn open(index: usize, format: Format, size: Size) -> Result<Self> {
        let device = Device::new(index).with_context(|| format!("/dev/video{index} cannot be opened"))?;
        let fourcc = format.fourcc();
        let wanted = DeviceFormat::new(size.width, size.height, fourcc);
        let taken = Output::set_format(&device, &wanted)
            .with_context(|| format!("/dev/video{index} refuses {fourcc} {size}"))?;
        let (width, height) = (taken.width, taken.height);
        ensure!(
            (width, height, taken.fourcc) == (size.width, size.height, fourcc),
            "/dev/video{index} took {} {width}x{height} instead of {fourcc} {size}",
            taken.fourcc
        );
        let mut announced =
            Stream::with_buffers(&device, Type::VideoOutput, 2).context("the device gives no buffers")?;
        announced.start().context("the stream cannot be announced")?;
        Ok(Self { device, _announced: announced })
    }

    /// Sends the frames round and round with this pause between two, until the device fails or there are none to send.
    pub fn feed(&mut self, frames: &[Vec<u8>], pause: Duration) -> Result<()> {
        for frame in frames.iter().cycle() {
            let written = self.device.write(frame).context("a frame cannot be written")?;
            ensure!(written == frame.len(), "the device took {written} of {} bytes of a frame", frame.len());
            std::thread::sleep(pause);
        }
        Ok(())
    }

    /// Sends nothing, until the process is ended.
    pub fn hold(&self) -> ! {
        loop {
            std::thread::sleep(Duration::from_mins(1));
        }
    }
}

/// Leaves a camera at a broken rate, as another program may.
pub fn spoil(index: usize) -> Result<()> {
    let device = Device::new(index).with_context(|| format!("/dev/video{index} cannot be opened"))?;
    let wanted = DeviceFormat::new(1_280, 720, Format::Yuyv.fourcc());
    Capture::set_format(&device, &wanted).context("the camera takes no 1280x720")?;
    let taken =
        Capture::set_params(&device, &Parameters::new(Fraction::new(2, 25))).context("the rate cannot be set")?;
    let Fraction { numerator, denominator } = taken.interval;
    ensure!((numerator, denominator) == (2, 25), "the camera took {numerator}/{denominator} s instead of 2/25 s");
    Ok(())
}

/// Pulls the camera out of its socket, as far as its readers can tell; it is back when all have let go of it.
pub fn unplug(index: usize) -> Result<()> {
    let device = Device::new(index).with_context(|| format!("/dev/video{index} cannot be opened"))?;
    let controls = device.query_controls().context("the device tells no controls")?;
    let button = controls.iter().find(|control| control.name == UNPLUG);
    let button = button.with_context(|| format!("/dev/video{index} has no control `{UNPLUG}`; is it vivid's?"))?;
    device.set_control(Control { id: button.id, value: Value::Integer(1) }).context("the button cannot be pressed")
}
