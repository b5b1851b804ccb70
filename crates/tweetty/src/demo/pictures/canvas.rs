//! A canvas, and the few shapes that all pictures are made of. Edges are smooth: a pixel that a shape covers in part
//! takes its colour in part.

use std::f32::consts::TAU;

use image::{Rgb, RgbImage};

/// In pixels.
pub(super) const WIDTH: f32 = 960.0;
/// In pixels.
pub(super) const HEIGHT: f32 = 640.0;

/// Red, green and blue from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Color(f32, f32, f32);

/// The colour that is written `0xRRGGBB`.
pub(super) fn hex(code: u32) -> Color {
    let [_, red, green, blue] = code.to_be_bytes().map(|byte| f32::from(byte) / 255.0);
    Color(red, green, blue)
}

impl Color {
    /// This colour with so much of the other, from 0 to 1.
    pub(super) fn mix(self, other: Self, part: f32) -> Self {
        let part = part.clamp(0.0, 1.0);
        let between = |one: f32, other: f32| one + (other - one) * part;
        Self(between(self.0, other.0), between(self.1, other.1), between(self.2, other.2))
    }

    /// This colour in the light of the other.
    fn lit(self, light: Self, part: f32) -> Self {
        Self(self.0 + light.0 * part, self.1 + light.1 * part, self.2 + light.2 * part)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte's range")]
    fn pixel(self) -> Rgb<u8> {
        Rgb([self.0, self.1, self.2].map(|part| (part.clamp(0.0, 1.0) * 255.0).round() as u8))
    }
}

/// The colour at `place` (0 to 1) between evenly spaced ones.
pub(super) fn gradient(colors: &[u32], place: f32) -> Color {
    let steps = colors.len().saturating_sub(1);
    let place = place.clamp(0.0, 1.0) * f32::from(u8::try_from(steps).unwrap_or(u8::MAX));
    let mut color = hex(colors.first().copied().unwrap_or_default());
    let mut passed = 0.0;
    for next in colors.iter().skip(1) {
        color = color.mix(hex(*next), place - passed);
        passed += 1.0;
    }
    color
}

/// A corner or centre.
pub(super) type Point = (f32, f32);

pub(super) struct Canvas(RgbImage);

impl Canvas {
    /// A canvas that is painted all over; `paint` is asked for the colour at each point.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small positive constants")]
    pub(super) fn new(paint: impl Fn(f32, f32) -> Color) -> Self {
        let mut canvas = Self(RgbImage::new(WIDTH as u32, HEIGHT as u32));
        canvas.cover((0.0, 0.0), (WIDTH, HEIGHT), paint, |_, _| 1.0);
        canvas
    }

    /// A sky or wall whose colours run from top to bottom.
    pub(super) fn sky(colors: &[u32]) -> Self {
        Self::new(|_, y| gradient(colors, y / HEIGHT))
    }

    pub(super) fn into_image(self) -> RgbImage {
        self.0
    }

    /// The colour at a point, or at the nearest one of the canvas.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the canvas")]
    pub(super) fn at(&self, x: f32, y: f32) -> Color {
        let (x, y) = (x.clamp(0.0, WIDTH - 1.0) as u32, y.clamp(0.0, HEIGHT - 1.0) as u32);
        let [red, green, blue] = self.0.get_pixel(x, y).0.map(|byte| f32::from(byte) / 255.0);
        Color(red, green, blue)
    }

    /// Lays `paint` over a rectangle, as far as `covered` says for each point.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "clamped to the canvas, whose sides a float holds exactly"
    )]
    fn cover(
        &mut self,
        from: Point,
        to: Point,
        paint: impl Fn(f32, f32) -> Color,
        covered: impl Fn(f32, f32) -> f32,
    ) {
        let columns = from.0.floor().clamp(0.0, WIDTH) as u32..to.0.ceil().clamp(0.0, WIDTH) as u32;
        for row in from.1.floor().clamp(0.0, HEIGHT) as u32..to.1.ceil().clamp(0.0, HEIGHT) as u32 {
            for column in columns.clone() {
                let (x, y) = (column as f32 + 0.5, row as f32 + 0.5);
                let part = covered(x, y);
                if part > 0.0 {
                    let color = self.at(column as f32, row as f32).mix(paint(x, y), part);
                    self.0.put_pixel(column, row, color.pixel());
                }
            }
        }
    }

    /// Fills what lies inside: where the distance to the edge is negative.
    fn shape(&mut self, from: Point, to: Point, color: Color, distance: impl Fn(f32, f32) -> f32) {
        let (from, to) = ((from.0 - 1.0, from.1 - 1.0), (to.0 + 1.0, to.1 + 1.0));
        self.cover(from, to, |_, _| color, |x, y| (0.5 - distance(x, y)).clamp(0.0, 1.0));
    }

    pub(super) fn circle(&mut self, (x, y): Point, radius: f32, color: Color) {
        self.shape((x - radius, y - radius), (x + radius, y + radius), color, |px, py| {
            (px - x).hypot(py - y) - radius
        });
    }

    /// A ring of that width around that radius.
    pub(super) fn ring(&mut self, (x, y): Point, radius: f32, width: f32, color: Color) {
        let reach = radius + width / 2.0;
        self.shape((x - reach, y - reach), (x + reach, y + reach), color, |px, py| {
            ((px - x).hypot(py - y) - radius).abs() - width / 2.0
        });
    }

    /// An upright ellipse with those half axes.
    pub(super) fn ellipse(&mut self, (x, y): Point, (a, b): Point, color: Color) {
        self.shape((x - a, y - b), (x + a, y + b), color, |px, py| {
            (((px - x) / a).hypot((py - y) / b) - 1.0) * a.min(b)
        });
    }

    /// A rectangle by its upper left corner and its sides, with round corners.
    pub(super) fn rect(&mut self, (x, y): Point, (width, height): Point, round: f32, color: Color) {
        self.shape((x, y), (x + width, y + height), color, |px, py| {
            let right = (px - x - width / 2.0).abs() - width / 2.0 + round;
            let down = (py - y - height / 2.0).abs() - height / 2.0 + round;
            right.max(0.0).hypot(down.max(0.0)) + right.max(down).min(0.0) - round
        });
    }

    /// A line with round ends.
    pub(super) fn line(&mut self, one: Point, other: Point, width: f32, color: Color) {
        let from = (one.0.min(other.0) - width, one.1.min(other.1) - width);
        let to = (one.0.max(other.0) + width, one.1.max(other.1) + width);
        self.shape(from, to, color, |x, y| to_segment((x, y), one, other) - width / 2.0);
    }

    /// Lines from point to point.
    pub(super) fn path(&mut self, points: &[Point], width: f32, color: Color) {
        for pair in points.windows(2) {
            if let [one, other] = pair {
                self.line(*one, *other, width, color);
            }
        }
    }

    /// A smooth line through all points.
    pub(super) fn curve(&mut self, points: &[Point], width: f32, color: Color) {
        let point = |number: usize| {
            points.get(number.min(points.len().saturating_sub(1))).copied().unwrap_or_default()
        };
        let mut smooth = vec![point(0)];
        for number in 0..points.len().saturating_sub(1) {
            let through =
                [point(number.saturating_sub(1)), point(number), point(number + 1), point(number + 2)];
            smooth.extend((1..=12_u8).map(|step| between(through, f32::from(step) / 12.0)));
        }
        self.path(&smooth, width, color);
    }

    /// A part of a ring, from one share of the full turn to another, clockwise from the top.
    pub(super) fn arc(&mut self, (x, y): Point, (radius, width): Point, (from, to): Point, color: Color) {
        let reach = radius + width / 2.0;
        self.shape((x - reach, y - reach), (x + reach, y + reach), color, |px, py| {
            let out = (px - x).hypot(py - y);
            let turn = ((px - x).atan2(y - py) / TAU).rem_euclid(1.0);
            ((out - radius).abs() - width / 2.0).max((from - turn).max(turn - to) * TAU * out)
        });
    }

    /// A polygon by its corners.
    pub(super) fn polygon(&mut self, corners: &[Point], color: Color) {
        let (mut from, mut to) = ((WIDTH, HEIGHT), (0.0_f32, 0.0_f32));
        for (x, y) in corners {
            from = (from.0.min(*x), from.1.min(*y));
            to = (to.0.max(*x), to.1.max(*y));
        }
        self.shape(from, to, color, |x, y| to_polygon((x, y), corners));
    }

    /// Everything below a ridge, whose height is asked for once at each column.
    pub(super) fn below(&mut self, ridge: impl Fn(f32) -> f32, paint: impl Fn(f32, f32) -> Color) {
        let mut x = 0.0;
        while x < WIDTH {
            let top = ridge(x + 0.5);
            self.cover((x, top - 1.0), (x + 1.0, HEIGHT), &paint, |_, y| (y - top + 0.5).clamp(0.0, 1.0));
            x += 1.0;
        }
    }

    /// Light that fades from a point outward.
    pub(super) fn glow(&mut self, (x, y): Point, radius: f32, color: Color, strength: f32) {
        self.light((x - radius, y - radius), (x + radius, y + radius), color, |px, py| {
            let near = (1.0 - (px - x).hypot(py - y) / radius).max(0.0);
            strength * near * near
        });
    }

    /// Adds light inside a rectangle, as strong as `strength` says for each point.
    pub(super) fn light(&mut self, from: Point, to: Point, color: Color, strength: impl Fn(f32, f32) -> f32) {
        let before = Self(self.0.clone());
        self.cover(from, to, |x, y| before.at(x, y).lit(color, strength(x, y)), |_, _| 1.0);
    }

    /// Makes a mirror of everything below `level`; `ripple` says where in the picture above each point looks.
    pub(super) fn mirror(&mut self, level: f32, tint: Color, ripple: impl Fn(f32, f32) -> Point) {
        let before = Self(self.0.clone());
        let reflected = |x: f32, y: f32| {
            let (right, down) = ripple(x, y);
            let depth = (y - level) / (HEIGHT - level);
            before.at(x + right, (level - (y - level) + down).min(level - 1.0)).mix(tint, 0.18 + 0.42 * depth)
        };
        self.cover((0.0, level), (WIDTH, HEIGHT), reflected, |_, _| 1.0);
    }
}

/// The point at `part` of the way from the second to the third on the smooth line through all four.
fn between([before, from, to, after]: [Point; 4], part: f32) -> Point {
    let along = |before: f32, from: f32, to: f32, after: f32| {
        let bend = 2.0 * before - 5.0 * from + 4.0 * to - after;
        let twist = 3.0 * (from - to) + after - before;
        from + 0.5 * part * (to - before + part * (bend + part * twist))
    };
    (along(before.0, from.0, to.0, after.0), along(before.1, from.1, to.1, after.1))
}

fn to_segment((x, y): Point, one: Point, other: Point) -> f32 {
    let (along, down) = (other.0 - one.0, other.1 - one.1);
    let length = (along * along + down * down).max(f32::EPSILON);
    let place = (((x - one.0) * along + (y - one.1) * down) / length).clamp(0.0, 1.0);
    (x - one.0 - along * place).hypot(y - one.1 - down * place)
}

/// Negative inside, by the number of edges that a ray to the right crosses.
fn to_polygon((x, y): Point, corners: &[Point]) -> f32 {
    let (mut nearest, mut inside) = (f32::MAX, false);
    for (one, other) in corners.iter().zip(corners.iter().cycle().skip(1)) {
        nearest = nearest.min(to_segment((x, y), *one, *other));
        if (one.1 > y) != (other.1 > y) && x < one.0 + (y - one.1) / (other.1 - one.1) * (other.0 - one.0) {
            inside = !inside;
        }
    }
    if inside { -nearest } else { nearest }
}
