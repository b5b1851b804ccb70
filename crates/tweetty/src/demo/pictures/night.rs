//! Pictures of evenings and nights.

use super::canvas::{Canvas, HEIGHT, Point, WIDTH, gradient, hex};
use super::chance;

fn stars(canvas: &mut Canvas, count: i32, lowest: f32) {
    for number in 0..count {
        let place = (chance::at(number, 1) * WIDTH, chance::at(number, 2) * lowest);
        let bright = chance::at(number, 3);
        let color = canvas.at(place.0, place.1).mix(hex(0xFFFFFF), 0.25 + 0.7 * bright);
        canvas.circle(place, 0.6 + 1.1 * bright * bright, color);
    }
}

/// A city with its lights in the river.
pub(super) fn night_city() -> Canvas {
    let level = 520.0;
    let mut canvas = Canvas::new(|_, y| gradient(&[0x0B1030, 0x1B2350, 0x4B3B73, 0xB0608A], y / level));
    stars(&mut canvas, 170, 260.0);
    canvas.glow((770.0, 120.0), 150.0, hex(0xF8EBC0), 0.45);
    canvas.circle((770.0, 120.0), 34.0, hex(0xFBF3D5));
    for (row, body) in (0_i16..).zip([0x3A3466, 0x272750, 0x15183A]) {
        let mut x = -20.0;
        let near = f32::from(row);
        for number in 0..40_i32 {
            let chance = |what: i32| chance::at(number, what + 10 * i32::from(row));
            let width = 34.0 + 46.0 * chance(4) + 12.0 * near;
            let height = 120.0 + 230.0 * chance(5).powi(2) - 26.0 * near;
            if x < WIDTH {
                tower(
                    &mut canvas,
                    (x, level - height),
                    (width, height),
                    (body, number + 100 * i32::from(row)),
                );
            }
            x += width + 2.0 + 10.0 * chance(6);
        }
    }
    canvas.mirror(level, hex(0x0D1233), |x, y| {
        let wave = (y * 0.5 + 8.0 * chance::noise(x / 50.0, y / 6.0)).sin();
        (wave * (1.0 + (y - level) / 22.0), wave * 1.5)
    });
    canvas
}

fn tower(canvas: &mut Canvas, (x, y): Point, (width, height): Point, (body, seed): (u32, i32)) {
    canvas.rect((x, y), (width, height + 2.0), 0.0, hex(body));
    if chance::at(seed, 7) > 0.7 {
        canvas.line((x + width / 2.0, y), (x + width / 2.0, y - 34.0), 2.0, hex(body));
        canvas.glow((x + width / 2.0, y - 34.0), 9.0, hex(0xFF5A5A), 0.9);
    }
    let (mut top, mut row) = (y + 9.0, 0);
    while top < y + height - 10.0 {
        let (mut left, mut column) = (x + 6.0, 0);
        while left < x + width - 8.0 {
            let lit = chance::at(seed * 31 + column, row);
            if lit > 0.56 {
                let lamp = gradient(&[0xFFD98A, 0xFFB95E, 0xFFF0C4, 0x9FD3F0], (lit - 0.56) / 0.44);
                canvas.rect((left, top), (4.5, 6.5), 0.0, hex(body).mix(lamp, 0.85));
            }
            (left, column) = (left + 9.5, column + 1);
        }
        (top, row) = (top + 13.0, row + 1);
    }
}

/// Northern lights over a cabin in the snow.
pub(super) fn northern_lights() -> Canvas {
    let mut canvas = Canvas::sky(&[0x050B22, 0x0A1A3C, 0x12345A, 0x1C4A66]);
    stars(&mut canvas, 260, 420.0);
    for (shift, color, strength) in [(0.0, 0x36F2A0, 0.62), (55.0, 0x44C9E8, 0.34), (-48.0, 0xA45CF0, 0.30)] {
        canvas.light((0.0, 0.0), (WIDTH, 470.0), hex(color), |x, y| {
            let hem = 300.0
                + shift
                + 66.0 * (x / 160.0 + shift / 40.0).sin()
                + 60.0 * chance::noise(x / 120.0, shift);
            let up = hem - y;
            let veil =
                if up < 0.0 { (1.0 + up / 18.0).max(0.0) } else { (1.0 - up / 270.0).max(0.0).powi(2) };
            veil * strength
                * (0.45 + 0.55 * chance::noise(x / 13.0, shift + y / 400.0))
                * (0.4 + 0.6 * chance::noise(x / 190.0, shift + 4.0))
        });
    }
    canvas.below(|x| 470.0 - 110.0 * chance::rough(x / 200.0, 5.0), |_, _| hex(0x0E2238));
    let snow = |x: f32| 520.0 - 34.0 * chance::noise(x / 330.0, 2.0);
    for number in 0..60_i32 {
        let x = chance::at(number, 21) * WIDTH;
        fir(&mut canvas, (x, snow(x) + 6.0), 34.0 + 62.0 * chance::at(number, 22));
    }
    canvas.below(snow, |x, y| {
        gradient(
            &[0x5E8FA8, 0x8FB6C6, 0x33536F],
            (y - 490.0) / 150.0 + 0.1 * chance::noise(x / 90.0, y / 20.0),
        )
    });
    cabin(&mut canvas, (640.0, 552.0));
    canvas
}

fn fir(canvas: &mut Canvas, (x, y): Point, height: f32) {
    for (bottom, top, half) in [(0.02, 0.5, 0.25), (0.28, 0.76, 0.19), (0.52, 1.0, 0.13)] {
        let tip = (x, y - top * height);
        canvas.polygon(
            &[(x - half * height, y - bottom * height), tip, (x + half * height, y - bottom * height)],
            hex(0x081627),
        );
        canvas.line(tip, (x - half * height * 0.5, y - bottom.midpoint(top) * height), 1.6, hex(0x4E7C90));
    }
}

fn cabin(canvas: &mut Canvas, (x, y): Point) {
    canvas.glow((x, y - 24.0), 150.0, hex(0xFFB04A), 0.38);
    canvas.rect((x - 62.0, y - 58.0), (124.0, 62.0), 0.0, hex(0x3A241C));
    for plank in 0..6_u8 {
        let down = y - 50.0 + f32::from(plank) * 10.0;
        canvas.line((x - 61.0, down), (x + 61.0, down), 1.2, hex(0x2A1812));
    }
    canvas.rect((x + 28.0, y - 112.0), (16.0, 40.0), 0.0, hex(0x2A1812));
    canvas.polygon(&[(x - 82.0, y - 52.0), (x, y - 112.0), (x + 82.0, y - 52.0)], hex(0xA9CBDA));
    canvas.polygon(&[(x - 64.0, y - 52.0), (x, y - 98.0), (x + 64.0, y - 52.0)], hex(0x33201A));
    for left in [-44.0, 18.0] {
        canvas.rect((x + left, y - 44.0), (26.0, 22.0), 1.0, hex(0xFFCB6B));
        canvas.line((x + left + 13.0, y - 44.0), (x + left + 13.0, y - 22.0), 2.0, hex(0x33201A));
    }
    canvas.rect((x - 11.0, y - 40.0), (20.0, 44.0), 1.0, hex(0x1D110D));
    for (up, radius) in [(128.0, 7.0), (146.0, 10.0), (170.0, 14.0)] {
        canvas.glow((x + 36.0 + (up - 112.0) * 0.35, y - up), radius * 2.2, hex(0xBFD6E0), 0.4);
    }
}

/// A lighthouse at dusk.
pub(super) fn lighthouse() -> Canvas {
    let sea = 455.0;
    let mut canvas = Canvas::new(|_, y| gradient(&[0x1E2A5A, 0x59558F, 0xC9728A, 0xF7B27A], y / sea));
    stars(&mut canvas, 60, 170.0);
    let lamp = (682.0, 168.0);
    canvas.light((0.0, 0.0), (WIDTH, sea), hex(0xFFE9B0), |x, y| {
        let (right, down) = (x - lamp.0, y - lamp.1);
        let ray = (down + right * 0.10).abs() / (right.abs() * 0.13 + 4.0);
        if right < 0.0 { 0.5 * (1.0 - ray).max(0.0) * (1.0 + right / 760.0).max(0.0) } else { 0.0 }
    });
    water(&mut canvas, sea);
    canvas.below(
        |x| {
            if x < 440.0 {
                HEIGHT + 9.0
            } else {
                655.0
                    - 229.0 * ((x - 440.0) / 290.0).min(1.0).powf(0.35)
                    - 26.0 * (chance::rough(x / 46.0, 3.0) - 0.4)
            }
        },
        |x, y| hex(0x1F2238).mix(hex(0x3D3A52), chance::rough(x / 30.0, y / 18.0)),
    );
    let (left, right) = ((648.0, 438.0), (716.0, 438.0));
    for (number, part) in (0_u8..5).zip([0.0, 0.2, 0.4, 0.6, 0.8_f32]) {
        let at =
            |side: Point, inner: f32, part: f32| (side.0 + (inner - side.0) * part, side.1 - 240.0 * part);
        let color = hex(if number % 2 == 0 { 0xF3E7DC } else { 0xC8473F });
        canvas.polygon(
            &[
                at(left, 662.0, part),
                at(left, 662.0, part + 0.2),
                at(right, 702.0, part + 0.2),
                at(right, 702.0, part),
            ],
            color,
        );
    }
    canvas.rect((654.0, 192.0), (56.0, 8.0), 2.0, hex(0x22243A));
    canvas.rect((667.0, 150.0), (30.0, 42.0), 2.0, hex(0xFFE7A3));
    canvas.line((682.0, 150.0), (682.0, 192.0), 2.0, hex(0x22243A));
    canvas.glow(lamp, 120.0, hex(0xFFD890), 0.6);
    canvas.polygon(&[(660.0, 152.0), (682.0, 126.0), (704.0, 152.0)], hex(0x9B322E));
    canvas.rect((675.0, 404.0), (15.0, 34.0), 7.0, hex(0x22243A));
    canvas.rect((742.0, 396.0), (74.0, 40.0), 0.0, hex(0xE9DACB));
    canvas.polygon(&[(734.0, 398.0), (779.0, 364.0), (824.0, 398.0)], hex(0x7E2E31));
    canvas.rect((757.0, 408.0), (14.0, 14.0), 1.0, hex(0xFFD27A));
    canvas
}

/// The sea, with the last light of the day on it.
fn water(canvas: &mut Canvas, level: f32) {
    canvas.below(
        |_| level,
        |x, y| {
            let depth = (y - level) / (HEIGHT - level);
            let wave = chance::noise(x / (26.0 + 60.0 * depth), y / (2.5 + 8.0 * depth));
            let shine = (1.0 - (x - 300.0).abs() / (90.0 + 330.0 * depth)).max(0.0);
            let light = (wave - 0.45).max(0.0) * 1.5 * shine;
            gradient(&[0x8E6288, 0x3B4273, 0x182048], depth).mix(hex(0xFFC48A), light)
        },
    );
}

/// A town behind a window in the rain.
pub(super) fn rainy_window() -> Canvas {
    let mut canvas = Canvas::sky(&[0x10182B, 0x1C2A44, 0x2B2F4F, 0x171A30]);
    for number in 0..64_i32 {
        let chance = |what: i32| chance::at(number, what);
        let place = (chance(51) * WIDTH, 200.0 + 380.0 * chance(52) * (0.5 + 0.5 * chance(53)));
        let radius = 14.0 + 34.0 * chance(54);
        let color = gradient(&[0xFFB454, 0xFF6F59, 0xFFE0A0, 0x5EC8D8, 0xB78CF0], chance(55));
        canvas.light(
            (place.0 - radius, place.1 - radius),
            (place.0 + radius, place.1 + radius),
            color,
            |x, y| {
                let out = (x - place.0).hypot(y - place.1) / radius;
                let rim = if out > 0.84 { 1.35 } else { 1.0 };
                0.25 * rim * ((1.0 - out) * radius).clamp(0.0, 1.0)
            },
        );
    }
    for number in 0..210_i32 {
        let chance = |what: i32| chance::at(number, what);
        drop_of_rain(
            &mut canvas,
            (chance(61) * WIDTH, chance(62) * HEIGHT),
            2.0 + 6.5 * chance(63).powi(3),
            chance(64),
        );
    }
    let frame = hex(0x0A0D17);
    canvas.rect((468.0, 0.0), (24.0, HEIGHT), 0.0, frame);
    canvas.rect((0.0, 596.0), (WIDTH, 44.0), 0.0, hex(0x161B2A));
    canvas.rect((0.0, 590.0), (WIDTH, 8.0), 0.0, hex(0x273044));
    canvas
}

fn drop_of_rain(canvas: &mut Canvas, (x, y): Point, radius: f32, run: f32) {
    let behind = canvas.at(x, y + 40.0).mix(hex(0xDCEBFF), 0.22);
    if run > 0.86 {
        canvas.line(
            (x, y - 110.0 * run),
            (x, y),
            radius * 0.7,
            canvas.at(x, y - 30.0).mix(hex(0xDCEBFF), 0.10),
        );
    }
    canvas.ellipse((x, y), (radius, radius * 1.18), behind);
    canvas.circle((x - radius * 0.3, y - radius * 0.4), radius * 0.26, hex(0xFFFFFF));
}
