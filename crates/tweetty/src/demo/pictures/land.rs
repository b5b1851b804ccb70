//! Landscapes by day.

use super::canvas::{Canvas, Color, Point, WIDTH, gradient, hex};
use super::chance;

/// The height of a range of hills at each x.
fn range(base: f32, height: f32, width: f32, seed: f32) -> impl Fn(f32) -> f32 {
    move |x| base - height * chance::rough(x / width, seed)
}

/// Ranges of hills one behind another in the morning haze.
pub(super) fn morning_hills() -> Canvas {
    let mut canvas = Canvas::sky(&[0x5B8DB8, 0xA8C6DA, 0xFBE3C0, 0xFFD9A0]);
    canvas.glow((690.0, 250.0), 330.0, hex(0xFFD9A0), 0.34);
    canvas.circle((690.0, 250.0), 44.0, hex(0xFFF9E6));
    for (number, color) in (0_u8..).zip([0x9DB4C6, 0x7F9FB2, 0x5F8794, 0x43706F, 0x2C5750, 0x1B3F38]) {
        let near = f32::from(number);
        let base = 390.0 + near * 62.0;
        canvas.below(range(base, 150.0 + near * 6.0, 330.0 - near * 22.0, 7.3 * near + 1.0), |_, y| {
            hex(color).mix(hex(0xFFE4BF), ((y - base + 110.0) / 330.0 - 0.05 * near).clamp(0.0, 0.45))
        });
    }
    for (x, y, size) in [(240.0, 150.0, 15.0), (290.0, 175.0, 11.0), (205.0, 188.0, 9.0), (330.0, 140.0, 8.0)]
    {
        bird(&mut canvas, (x, y), size);
    }
    canvas
}

fn bird(canvas: &mut Canvas, (x, y): Point, size: f32) {
    let ink = hex(0x35506A);
    canvas.curve(&[(x - size, y - size * 0.45), (x - size * 0.45, y - size * 0.55), (x, y)], 2.2, ink);
    canvas.curve(&[(x, y), (x + size * 0.45, y - size * 0.55), (x + size, y - size * 0.45)], 2.2, ink);
}

/// A lake at the foot of snowy mountains, at sunset, with everything in it a second time.
pub(super) fn mountain_lake() -> Canvas {
    let level = 400.0;
    let mut canvas = Canvas::new(|_, y| gradient(&[0x2B3F73, 0x7A5C94, 0xE58C7A, 0xFFD08A], y / level));
    canvas.glow((330.0, 385.0), 380.0, hex(0xFFC070), 0.55);
    let far = |x: f32| 330.0 - 150.0 * chance::rough(x / 210.0, 3.0);
    canvas.below(far, |_, _| hex(0x8A6E96));
    let peaks = |x: f32| {
        let ridge = (1.0 - ((x - 620.0).abs() / 330.0)).max(0.0) * 215.0
            + (1.0 - ((x - 250.0).abs() / 230.0)).max(0.0) * 120.0;
        385.0 - ridge - 46.0 * (chance::rough(x / 60.0, 9.0) - 0.4)
    };
    canvas.below(peaks, |x, y| {
        let light = chance::rough(x / 42.0 + y / 95.0, y / 60.0);
        let rock = if light > 0.5 { hex(0x5A4C74) } else { hex(0x463C63) };
        let snow = if light > 0.47 { hex(0xFFE6DC) } else { hex(0xB9A6C8) };
        let line = 268.0 + 46.0 * chance::rough(x / 34.0, 4.0);
        snow.mix(rock, (y - line) / 14.0)
    });
    canvas.below(|x| 394.0 - 34.0 * chance::rough(x / 120.0, 21.0), |_, _| hex(0x2F2F4E));
    for number in 0..70_i32 {
        let x = chance::at(number, 1) * WIDTH;
        if (x - 470.0).abs() > 130.0 {
            pine(&mut canvas, (x, 402.0), 24.0 + 38.0 * chance::at(number, 2), hex(0x22263F));
        }
    }
    canvas.mirror(level, hex(0x2A2F58), |x, y| {
        let depth = (y - level) / 240.0;
        let wave = (y * 0.55 + chance::noise(x / 70.0, y / 9.0) * 9.0).sin();
        (wave * (1.0 + 7.0 * depth), wave * 3.0 * depth)
    });
    canvas
}

fn pine(canvas: &mut Canvas, (x, y): Point, height: f32, color: Color) {
    canvas.rect((x - height * 0.03, y - height * 0.2), (height * 0.06, height * 0.2), 0.0, color);
    for (bottom, top, half) in [(0.08, 0.55, 0.24), (0.32, 0.78, 0.18), (0.55, 1.0, 0.12)] {
        canvas.polygon(
            &[
                (x - half * height, y - bottom * height),
                (x, y - top * height),
                (x + half * height, y - bottom * height),
            ],
            color,
        );
    }
}

/// A forest that fades into fog.
pub(super) fn foggy_forest() -> Canvas {
    let mut canvas = Canvas::sky(&[0xDDE5DF, 0xEEF0E6, 0xCFDCD6]);
    canvas.glow((250.0, 130.0), 300.0, hex(0xFFE9C0), 0.12);
    for (number, color) in (0_i8..).zip([0xC3D1CB, 0x9FB7B1, 0x74958F, 0x456D69, 0x1F4745]) {
        let (near, number) = (f32::from(number), i32::from(number));
        let ground = move |x: f32| 330.0 + near * 68.0 - 40.0 * chance::rough(x / 260.0, near * 5.0 + 2.0);
        for tree in 0..(46 - number * 7) {
            let x = chance::at(tree, 10 + number) * (WIDTH + 80.0) - 40.0;
            let height = (58.0 + 38.0 * near) * (0.65 + 0.7 * chance::at(tree, 30 + number));
            pine(&mut canvas, (x, ground(x) + 5.0 + 0.09 * height), height, hex(color));
        }
        canvas.below(ground, |_, y| {
            hex(color).mix(hex(0xE4EAE3), ((y - 320.0 - near * 68.0) / 160.0).clamp(0.0, 0.4))
        });
    }
    canvas
}

/// Dunes under a low sun, with a small caravan.
pub(super) fn dunes() -> Canvas {
    let mut canvas = Canvas::sky(&[0xF6C58B, 0xF9D9A6, 0xFBE8C8]);
    canvas.circle((720.0, 170.0), 62.0, hex(0xFFF4DC));
    canvas.glow((720.0, 170.0), 260.0, hex(0xFFF0C8), 0.35);
    for (number, (light, shade)) in
        (0_u8..).zip([(0xE8B27A, 0xD79A62), (0xDB9558, 0xBF7440), (0xC8753C, 0x9A4F28), (0xA9562B, 0x6F331B)])
    {
        let near = f32::from(number);
        let crest = move |x: f32| {
            330.0 + near * 78.0
                - (x / (175.0 + 40.0 * near) + near * 1.9).sin() * (38.0 + 9.0 * near)
                - 30.0 * chance::noise(x / 300.0, near + 0.5)
        };
        canvas.below(crest, |x, y| {
            let lee = (x / (175.0 + 40.0 * near) + near * 1.9 + (y - crest(x)) / 150.0).cos();
            let ripple = 0.05 * (y * 0.5 + x * 0.06 + 7.0 * chance::noise(x / 60.0, y / 60.0)).sin();
            hex(light).mix(hex(shade), 0.5 - lee * 1.3 + ripple)
        });
    }
    for number in 0..5_u8 {
        let x = 250.0 + f32::from(number) * 34.0;
        let y = 404.0 - (x / 215.0 + 1.9).sin() * 47.0 - 30.0 * chance::noise(x / 300.0, 1.5);
        camel(&mut canvas, (x, y));
    }
    canvas
}

fn camel(canvas: &mut Canvas, (x, y): Point) {
    let ink = hex(0x5A2E1A);
    canvas.ellipse((x, y - 11.0), (8.0, 4.5), ink);
    canvas.circle((x - 1.0, y - 16.0), 3.4, ink);
    canvas.path(&[(x + 7.0, y - 11.0), (x + 11.0, y - 18.0), (x + 14.0, y - 18.0)], 2.4, ink);
    for leg in [-5.0, -2.5, 3.0, 5.5] {
        canvas.line((x + leg, y - 9.0), (x + leg, y), 1.5, ink);
    }
}

/// Balloons over fields.
pub(super) fn balloons() -> Canvas {
    let mut canvas = Canvas::sky(&[0x69B4E4, 0xA9D7EE, 0xF3EFD8]);
    for (x, y, size) in [(150.0, 120.0, 1.0), (760.0, 90.0, 1.3), (500.0, 230.0, 0.8), (880.0, 270.0, 0.7)] {
        for (right, down, radius) in
            [(-48.0, 8.0, 22.0), (-18.0, -6.0, 32.0), (20.0, -2.0, 28.0), (50.0, 9.0, 19.0)]
        {
            canvas.circle((x + right * size, y + down * size), radius * size, hex(0xF7FBFC));
        }
    }
    canvas.below(range(545.0, 120.0, 300.0, 4.0), |_, _| hex(0x8FB98B));
    canvas.below(range(590.0, 90.0, 420.0, 8.0), |x, y| {
        let field = chance::at(floor(x / 110.0 + y / 60.0), floor(y / 34.0 - x / 400.0));
        gradient(&[0x6FA35A, 0x9DBB5B, 0xD9C766, 0x86AD5F], field)
    });
    canvas.below(|x| 618.0 - 22.0 * chance::rough(x / 90.0, 2.0), |_, _| hex(0x3E6B45));
    balloon(&mut canvas, (300.0, 250.0), 104.0, [0xE2574C, 0xF6E3C5]);
    balloon(&mut canvas, (640.0, 170.0), 70.0, [0x2E7DA6, 0xF9C65B]);
    balloon(&mut canvas, (810.0, 330.0), 44.0, [0x7A5AA8, 0xF2A6B3]);
    balloon(&mut canvas, (505.0, 345.0), 30.0, [0x2F9C83, 0xFDF1D3]);
    canvas
}

#[expect(clippy::cast_possible_truncation, reason = "the places of a picture are small")]
fn floor(place: f32) -> i32 {
    place.floor() as i32
}

fn balloon(canvas: &mut Canvas, (x, y): Point, radius: f32, [one, other]: [u32; 2]) {
    let rope = hex(0x5B4636);
    for side in [-1.0, 1.0] {
        canvas.line(
            (x + side * radius * 0.42, y + radius * 0.86),
            (x + side * radius * 0.13, y + radius * 1.5),
            1.4,
            rope,
        );
    }
    let neck = [
        (x - radius * 0.8, y + radius * 0.58),
        (x + radius * 0.8, y + radius * 0.58),
        (x + radius * 0.22, y + radius * 1.2),
        (x - radius * 0.22, y + radius * 1.2),
    ];
    canvas.polygon(&neck, hex(one).mix(hex(0x000000), 0.18));
    for (number, half) in (0_u8..).zip([1.0, 0.78, 0.52, 0.2]) {
        let color = hex(if number % 2 == 0 { one } else { other });
        canvas.ellipse((x, y), (radius * half, radius), color);
        let neck = [
            (x - radius * half * 0.8, y + radius * 0.6),
            (x + radius * half * 0.8, y + radius * 0.6),
            (x + radius * half * 0.22, y + radius * 1.2),
            (x - radius * half * 0.22, y + radius * 1.2),
        ];
        canvas.polygon(&neck, color);
    }
    canvas.glow((x - radius * 0.4, y - radius * 0.4), radius * 0.8, hex(0xFFFFFF), 0.28);
    canvas.rect((x - radius * 0.15, y + radius * 1.5), (radius * 0.3, radius * 0.24), radius * 0.05, rope);
}

/// A beach and the sea, from above.
pub(super) fn beach() -> Canvas {
    let shore = |x: f32| 330.0 + 34.0 * (x / 150.0).sin() + 46.0 * (chance::rough(x / 170.0, 6.0) - 0.5);
    let mut canvas = Canvas::new(|x, y| {
        let away = shore(x) - y;
        let depth = (away / 300.0).clamp(0.0, 1.0).powf(0.6);
        let glitter = 0.10 * chance::rough(x / 26.0, y / 11.0);
        gradient(&[0xA7E6DC, 0x53C3C4, 0x2392AE, 0x12638C], depth).mix(hex(0xFFFFFF), glitter)
    });
    canvas.below(shore, |x, y| {
        let wet = ((y - shore(x)) / 46.0).clamp(0.0, 1.0);
        hex(0xCDB187).mix(hex(0xF4E2BC), wet).mix(hex(0xE2C998), 0.5 * chance::rough(x / 9.0, y / 9.0))
    });
    for (offset, width, strength) in [(0.0, 9.0, 1.0), (-26.0, 5.0, 0.75), (-58.0, 4.0, 0.5)] {
        let edge = |x: f32| shore(x) + offset + 7.0 * chance::noise(x / 37.0, offset);
        for step in 0..240_u16 {
            let x = f32::from(step) * 4.0;
            let part = strength * (0.4 + 0.6 * chance::noise(x / 60.0, offset + 3.0));
            let color = canvas.at(x, edge(x)).mix(hex(0xFFFFFF), part);
            canvas.line((x, edge(x)), (x + 4.0, edge(x + 4.0)), width, color);
        }
    }
    for (x, y, color) in [(230.0, 500.0, 0xE2574C), (480.0, 560.0, 0x2E7DA6), (700.0, 480.0, 0xF2B23E)] {
        canvas.circle((x + 10.0, y + 12.0), 44.0, hex(0xCBB084));
        canvas.rect((x + 34.0, y - 30.0), (30.0, 76.0), 5.0, hex(0xFFFFFF).mix(hex(color), 0.25));
        for number in 0..8_u8 {
            let angle = |step: f32| (f32::from(number) + step) * std::f32::consts::FRAC_PI_4;
            let rim = |step: f32| (x + 44.0 * angle(step).cos(), y + 44.0 * angle(step).sin());
            let color = hex(if number % 2 == 0 { color } else { 0xFFF7EA });
            canvas.polygon(&[(x, y), rim(0.0), rim(0.5), rim(1.0)], color);
        }
        canvas.circle((x, y), 4.0, hex(0x8A6A48));
    }
    canvas
}
