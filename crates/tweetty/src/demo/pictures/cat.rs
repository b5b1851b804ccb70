//! The office cat, made of circles.

use super::canvas::{Canvas, Color, Point, WIDTH, gradient, hex};

const FUR: u32 = 0xE79A4B;
const DARK: u32 = 0xC9762F;
const CREAM: u32 = 0xFBE7CC;
const INK: u32 = 0x3B2A22;

/// The cat looks at you.
pub(super) fn looking() -> Canvas {
    let mut canvas = cushion(&[0x9ED2C6, 0xBFE3D6]);
    body(&mut canvas);
    head(&mut canvas, (480.0, 265.0));
    for side in [-1.0, 1.0] {
        let eye = (480.0 + side * 56.0, 262.0);
        canvas.circle(eye, 30.0, hex(0xF4F7E1));
        canvas.circle(eye, 27.0, hex(0x8DB255));
        canvas.ellipse(eye, (11.0, 24.0), hex(INK));
        canvas.circle((eye.0 - 8.0, eye.1 - 10.0), 7.0, hex(0xFFFFFF));
    }
    canvas
}

/// The cat sleeps; do not disturb.
pub(super) fn sleeping() -> Canvas {
    let mut canvas = cushion(&[0x3D405B, 0x5B5F85]);
    canvas.ellipse((500.0, 470.0), (250.0, 120.0), hex(FUR));
    for stripe in 0..4_u8 {
        let x = 540.0 + 44.0 * f32::from(stripe);
        canvas.path(
            &[(x, 366.0 + 7.0 * f32::from(stripe)), (x + 12.0, 410.0), (x + 4.0, 446.0)],
            13.0,
            hex(DARK),
        );
    }
    let tail =
        [(742.0, 480.0), (752.0, 545.0), (690.0, 583.0), (590.0, 588.0), (500.0, 574.0), (430.0, 560.0)];
    canvas.curve(&tail, 46.0, hex(DARK));
    canvas.circle((430.0, 560.0), 24.0, hex(CREAM));
    head(&mut canvas, (345.0, 430.0));
    for side in [-1.0, 1.0] {
        let (x, y) = (345.0 + side * 56.0, 428.0);
        canvas.path(
            &[(x - 24.0, y), (x - 12.0, y + 10.0), (x, y + 13.0), (x + 12.0, y + 10.0), (x + 24.0, y)],
            5.0,
            hex(INK),
        );
    }
    for (x, y, size) in [(520.0, 250.0, 26.0), (580.0, 190.0, 36.0), (655.0, 115.0, 48.0)] {
        let letter = [(x, y), (x + size, y), (x, y + size), (x + size, y + size)];
        canvas.path(&letter, size * 0.15, hex(0xF4F1DE));
    }
    canvas
}

fn cushion(wall: &[u32]) -> Canvas {
    let mut canvas = Canvas::new(|_, y| gradient(wall, y / 520.0));
    canvas.below(|_| 520.0, |x, _| hex(0xA0714F).mix(hex(0x7F5539), x / WIDTH));
    canvas.ellipse((490.0, 580.0), (340.0, 62.0), hex(0x7A2E3A));
    canvas.ellipse((490.0, 566.0), (332.0, 56.0), hex(0xB5495B));
    canvas
}

fn body(canvas: &mut Canvas) {
    let tail = [(610.0, 540.0), (700.0, 530.0), (748.0, 470.0), (735.0, 400.0), (770.0, 350.0)];
    canvas.curve(&tail, 36.0, hex(DARK));
    canvas.circle((770.0, 350.0), 19.0, hex(CREAM));
    canvas.ellipse((480.0, 465.0), (150.0, 125.0), hex(FUR));
    canvas.ellipse((480.0, 480.0), (78.0, 100.0), hex(CREAM));
    for side in [-1.0, 1.0] {
        for stripe in 0..3_u8 {
            let y = 420.0 + 40.0 * f32::from(stripe);
            canvas.line((480.0 + side * 140.0, y), (480.0 + side * 98.0, y + 8.0), 12.0, hex(DARK));
        }
        canvas.ellipse((480.0 + side * 62.0, 570.0), (48.0, 25.0), hex(CREAM));
        for toe in [-15.0, 15.0] {
            let x = 480.0 + side * 62.0 + toe;
            canvas.line((x, 566.0), (x, 584.0), 3.0, hex(0xD9BE98));
        }
    }
}

/// Everything of a head but the eyes.
fn head(canvas: &mut Canvas, (x, y): Point) {
    for side in [-1.0, 1.0] {
        let ear = |out: f32, up: f32| (x + side * out, y - up);
        canvas.polygon(&[ear(132.0, 40.0), ear(118.0, 168.0), ear(26.0, 96.0)], hex(FUR));
        canvas.polygon(&[ear(112.0, 62.0), ear(106.0, 138.0), ear(48.0, 96.0)], hex(0xF2B5A0));
    }
    canvas.ellipse((x, y), (142.0, 118.0), hex(FUR));
    for (out, long) in [(-34.0, 44.0), (0.0, 56.0), (34.0, 44.0)] {
        canvas.line((x + out, y - 112.0), (x + out * 0.8, y - 112.0 + long), 13.0, hex(DARK));
    }
    for side in [-1.0, 1.0] {
        for down in [-4.0, 28.0] {
            canvas.line((x + side * 138.0, y + down), (x + side * 104.0, y + down + 4.0), 11.0, hex(DARK));
        }
        canvas.circle((x + side * 27.0, y + 52.0), 35.0, hex(CREAM));
    }
    canvas.circle((x, y + 74.0), 24.0, hex(CREAM));
    muzzle(canvas, (x, y), hex(INK));
}

fn muzzle(canvas: &mut Canvas, (x, y): Point, ink: Color) {
    canvas.polygon(&[(x - 16.0, y + 28.0), (x + 16.0, y + 28.0), (x, y + 46.0)], hex(0xD9706B));
    canvas.line((x, y + 44.0), (x, y + 60.0), 4.0, ink);
    for side in [-1.0, 1.0] {
        canvas.path(&[(x, y + 60.0), (x + side * 12.0, y + 69.0), (x + side * 27.0, y + 64.0)], 4.0, ink);
        for (rise, down) in [(-14.0, 48.0), (2.0, 56.0), (18.0, 64.0)] {
            canvas.line((x + side * 48.0, y + down), (x + side * 168.0, y + down + rise), 2.4, hex(0xFFF8EE));
        }
    }
}
