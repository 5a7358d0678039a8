//! A plane of light: one number per pixel, 0 for black and 255 for what the sensor can just hold; glare is more.

/// `height` rows of `width` values, at least 1x1.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plane {
    width: usize,
    height: usize,
    data: Vec<f32>,
}

impl Plane {
    /// A plane of one value; a side of 0 counts as 1.
    pub(crate) fn new(width: usize, height: usize, value: f32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        Self { width, height, data: vec![value; width * height] }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// Row `y`, clamped to the last.
    pub(crate) fn row(&self, y: usize) -> &[f32] {
        let start = y.min(self.height - 1) * self.width;
        &self.data[start..start + self.width]
    }

    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [f32] {
        let start = y.min(self.height - 1) * self.width;
        &mut self.data[start..start + self.width]
    }

    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.data.chunks_exact_mut(self.width)
    }

    pub(crate) fn values(&self) -> &[f32] {
        &self.data
    }

    pub(crate) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.data
    }

    /// The value at the pixel that holds a point; clamped to the plane.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let column = (x.max(0.0) as usize).min(self.width - 1);
        self.row(y.max(0.0) as usize)[column]
    }
}
