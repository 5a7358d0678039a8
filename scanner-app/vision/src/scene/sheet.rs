//! What is printed on a flat piece of board or paper, before it is bent and seen: luma per texel, colour per module.

/// A colour as luma (0 to 255) and JPEG's two differences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Colour {
    pub(crate) luma: u8,
    pub(crate) chroma: [i8; 2],
}

impl Colour {
    pub(crate) const fn new(luma: u8, blue: i8, red: i8) -> Self {
        Self { luma, chroma: [blue, red] }
    }

    /// The same colour in another light.
    pub(crate) fn lit(self, light: f32) -> Self {
        let part = |value: i8| (f32::from(value) * light) as i8;
        Self { luma: (f32::from(self.luma) * light) as u8, chroma: self.chroma.map(part) }
    }
}

/// A rectangle in modules, the origin at the sheet's top left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) right: f32,
    pub(crate) bottom: f32,
}

/// A texel: its luma, and how much of it is there (0 where the sheet is torn away).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Texel {
    pub(crate) luma: u8,
    pub(crate) cover: u8,
}

/// A printed rectangle of `columns` x `rows` modules, `density` texels to the module's side.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    columns: usize,
    rows: usize,
    density: usize,
    texels: Vec<Texel>,
    chroma: Vec<[i8; 2]>,
}

impl Sheet {
    /// A sheet of one colour, all sides at least 1.
    pub(crate) fn new(columns: usize, rows: usize, density: usize, colour: Colour) -> Self {
        let (columns, rows, density) = (columns.max(1), rows.max(1), density.max(1));
        let texel = Texel { luma: colour.luma, cover: u8::MAX };
        Self {
            columns,
            rows,
            density,
            texels: vec![texel; columns * rows * density * density],
            chroma: vec![colour.chroma; columns * rows],
        }
    }

    /// Width and height in modules.
    pub(crate) fn size(&self) -> [f32; 2] {
        [self.columns as f32, self.rows as f32]
    }

    /// Texels a row, and rows of them.
    pub(crate) fn texels(&self) -> (usize, usize) {
        (self.columns * self.density, self.rows * self.density)
    }

    /// Modules a row, and rows of them: what colour is kept for.
    pub(crate) fn modules(&self) -> (usize, usize) {
        (self.columns, self.rows)
    }

    /// The texel at a column and row; nothing outside.
    pub(crate) fn texel(&self, column: i32, row: i32) -> Option<Texel> {
        let (width, height) = self.texels();
        let (column, row) = (column.cast_unsigned() as usize, row.cast_unsigned() as usize);
        // A negative one became far too large.
        if column < width && row < height { self.texels.get(row * width + column).copied() } else { None }
    }

    /// The colour differences of the module at a column and row; nothing outside and where the sheet is torn away.
    pub(crate) fn chroma(&self, column: i32, row: i32) -> Option<[i8; 2]> {
        let density = self.density as i32;
        let middle = |at: i32| at.saturating_mul(density).saturating_add(density / 2);
        self.texel(middle(column), middle(row)).filter(|texel| texel.cover > 127)?;
        self.chroma.get(row as usize * self.columns + column as usize).copied()
    }

    /// Lets `paint` change the texels whose middle (modules) lies in `area`.
    pub(crate) fn paint(&mut self, area: Area, mut paint: impl FnMut(f32, f32, &mut Texel)) {
        let density = self.density as f32;
        let width = self.columns * self.density;
        let first = |at: f32| (at * density + 0.5).max(0.0) as usize;
        let columns = first(area.left).min(width)..first(area.right).min(width);
        for y in first(area.top)..first(area.bottom).min(self.rows * self.density) {
            let row = &mut self.texels[y * width..(y + 1) * width];
            for (x, texel) in row.iter_mut().enumerate().take(columns.end).skip(columns.start) {
                paint((x as f32 + 0.5) / density, (y as f32 + 0.5) / density, texel);
            }
        }
    }

    /// Fills an area with one colour.
    pub(crate) fn fill(&mut self, area: Area, colour: Colour) {
        self.paint(area, |_, _, texel| texel.luma = colour.luma);
        self.tint(area, colour.chroma);
    }

    /// Gives the modules whose middle lies in `area` their colour differences.
    pub(crate) fn tint(&mut self, area: Area, chroma: [i8; 2]) {
        let first = |at: f32| (at + 0.5).max(0.0) as usize;
        for y in first(area.top)..first(area.bottom).min(self.rows) {
            for x in first(area.left)..first(area.right).min(self.columns) {
                self.chroma[y * self.columns + x] = chroma;
            }
        }
    }

    /// The whole sheet.
    pub(crate) fn whole(&self) -> Area {
        Area { left: 0.0, top: 0.0, right: self.columns as f32, bottom: self.rows as f32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: Colour = Colour::new(230, 0, 0);
    const RED: Colour = Colour::new(90, -20, 100);

    #[test]
    fn an_area_is_filled_and_nothing_else() {
        let mut sheet = Sheet::new(10, 8, 4, WHITE);
        sheet.fill(Area { left: 2.0, top: 1.0, right: 5.0, bottom: 3.0 }, RED);
        assert_eq!(sheet.texel(8, 4).map(|texel| texel.luma), Some(90));
        assert_eq!((sheet.chroma(2, 1), sheet.chroma(4, 2)), (Some([-20, 100]), Some([-20, 100])));
        for (column, row) in [(7, 6), (20, 6), (12, 3), (12, 12)] {
            assert_eq!(sheet.texel(column, row).map(|texel| texel.luma), Some(230), "{column} {row}");
        }
        for (column, row) in [(-1, 6), (40, 6), (12, -1), (12, 32)] {
            assert_eq!((sheet.texel(column, row), sheet.chroma(column, row)), (None, None), "{column} {row}");
        }
    }

    #[test]
    fn what_is_torn_away_has_no_colour() {
        let mut sheet = Sheet::new(4, 4, 2, WHITE);
        sheet.paint(Area { left: 0.0, top: 0.0, right: 2.0, bottom: 4.0 }, |_, _, texel| texel.cover = 0);
        assert_eq!(sheet.chroma(1, 2), None);
        assert_eq!(sheet.chroma(3, 2), Some([0, 0]));
    }
}
