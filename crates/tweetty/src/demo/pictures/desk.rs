//! Pictures from the office: maps, charts, shapes, a cat.

use super::canvas::{Canvas, Color, HEIGHT, Point, WIDTH, gradient, hex};
use super::chance;

/// The height of the invented island at a place, below zero in the sea.
fn island(x: f32, y: f32) -> f32 {
    let hill = |hx: f32, hy: f32, height: f32, wide: f32| {
        height * (-((x - hx).powi(2) + (y - hy).powi(2)) / (wide * wide)).exp()
    };
    hill(380.0, 280.0, 0.9, 150.0)
        + hill(560.0, 380.0, 0.75, 130.0)
        + hill(640.0, 210.0, 0.42, 90.0)
        + hill(270.0, 430.0, 0.35, 100.0)
        + 0.16 * (chance::rough(x / 85.0, y / 85.0) - 0.5)
        - 0.2
}

/// A hiking map: sea, heights in steps, contour lines, a path with its stops.
pub(super) fn contour_map() -> Canvas {
    let mut canvas = Canvas::new(|x, y| {
        let height = island(x, y);
        if height < 0.0 {
            return gradient(&[0xBFE0E6, 0x8CC4D4, 0x6FB0C7], -height * 6.0);
        }
        let slope = (island(x + 1.0, y) - height).hypot(island(x, y + 1.0) - height).max(0.0004);
        let lines = height * 15.0;
        let off = (lines - lines.round()).abs() / 15.0 / slope;
        let bold = if lines.round() % 5.0 == 0.0 { 1.1 } else { 0.5 };
        let light = (island(x - 2.0, y - 2.0) - height) * 6.0;
        let ground = gradient(&[0xDDE7B9, 0xC3D99A, 0xE8DDA6, 0xD9B98A, 0xC79C79, 0xF4EFE6], height / 0.95);
        let shaded =
            ground.mix(hex(0x3A3A2A), light.clamp(0.0, 0.3)).mix(hex(0xFFFFFF), (-light).clamp(0.0, 0.3));
        let line = shaded.mix(hex(0x8A5A34), (bold + 0.5 - off).clamp(0.0, 1.0) * 0.75);
        line.mix(hex(0x5C8FA3), (1.6 - height / slope).clamp(0.0, 1.0))
    });
    for place in 1..10_u8 {
        let tenth = f32::from(place) / 10.0;
        canvas.line((WIDTH * tenth, 0.0), (WIDTH * tenth, HEIGHT), 0.6, hex(0x9CC3CF));
        canvas.line((0.0, HEIGHT * tenth), (WIDTH, HEIGHT * tenth), 0.6, hex(0x9CC3CF));
    }
    let path = [
        (250.0, 470.0),
        (300.0, 420.0),
        (330.0, 350.0),
        (400.0, 330.0),
        (455.0, 345.0),
        (500.0, 310.0),
        (570.0, 330.0),
        (610.0, 270.0),
        (645.0, 220.0),
    ];
    for pair in path.windows(2) {
        if let [one, other] = pair {
            for dash in 0..5_u8 {
                let at = |part: f32| (one.0 + (other.0 - one.0) * part, one.1 + (other.1 - one.1) * part);
                let from = f32::from(dash) / 5.0;
                canvas.line(at(from), at(from + 0.11), 4.0, hex(0xC8372D));
            }
        }
    }
    for (number, stop) in (0_u8..).zip([path[0], path[3], path[6], path[8]]) {
        canvas.circle(stop, 9.0, hex(0xFFFFFF));
        canvas.circle(stop, 6.0, hex(if number == 3 { 0x2C5D3F } else { 0xC8372D }));
    }
    compass(&mut canvas, (855.0, 110.0));
    for step in 0..4_u8 {
        let color = hex(if step % 2 == 0 { 0x2F3E46 } else { 0xFFFFFF });
        canvas.rect((60.0 + 45.0 * f32::from(step), 588.0), (45.0, 9.0), 0.0, color);
    }
    canvas
}

fn compass(canvas: &mut Canvas, (x, y): Point) {
    canvas.circle((x, y), 54.0, hex(0xF7F3E8));
    canvas.ring((x, y), 47.0, 2.0, hex(0x2F3E46));
    for (right, down, dark) in
        [(0.0, -1.0, 0xC8372D), (1.0, 0.0, 0x2F3E46), (0.0, 1.0, 0x2F3E46), (-1.0, 0.0, 0x2F3E46)]
    {
        let tip = (x + right * 44.0, y + down * 44.0);
        canvas.polygon(&[tip, (x + down * 9.0, y - right * 9.0), (x, y)], hex(dark));
        canvas.polygon(&[tip, (x - down * 9.0, y + right * 9.0), (x, y)], hex(dark).mix(hex(0xFFFFFF), 0.55));
    }
    canvas.circle((x, y), 5.0, hex(0xF7F3E8));
}

/// A chart of columns that grow, with a line above them.
pub(super) fn growing_columns() -> Canvas {
    let mut canvas = paper();
    let (floor, tops) = (540.0, [110.0, 132.0, 121.0, 168.0, 205.0, 190.0, 248.0, 281.0, 330.0, 372.0]);
    for (number, top) in (0_u8..).zip(tops) {
        let x = 132.0 + 74.0 * f32::from(number);
        canvas.rect(
            (x, floor - top),
            (46.0, top),
            7.0,
            gradient(&[0x8ECAE6, 0x219EBC, 0x126782], top / 372.0),
        );
        canvas.rect(
            (x, floor - 12.0),
            (46.0, 12.0),
            0.0,
            gradient(&[0x8ECAE6, 0x219EBC, 0x126782], top / 372.0),
        );
    }
    let trend = tops.map(|top| floor - top - 44.0 - 0.06 * top);
    let points =
        (0_u8..).zip(trend).map(|(number, y)| (155.0 + 74.0 * f32::from(number), y)).collect::<Vec<_>>();
    canvas.path(&points, 4.0, hex(0xFB8500));
    for point in points {
        canvas.circle(point, 9.0, hex(0xFB8500));
        canvas.circle(point, 4.5, hex(0xFFFFFF));
    }
    canvas.line((110.0, floor), (880.0, floor), 3.0, hex(0x33415C));
    canvas
}

/// White paper with a grid.
fn paper() -> Canvas {
    let mut canvas = Canvas::new(|_, _| hex(0xFBFAF7));
    canvas.rect((40.0, 40.0), (WIDTH - 80.0, HEIGHT - 80.0), 22.0, hex(0xFFFFFF));
    for line in 0..6_u8 {
        let y = 120.0 + 84.0 * f32::from(line);
        canvas.line((110.0, y), (880.0, y), 1.2, hex(0xE4E7EC));
    }
    canvas
}

/// A ring of shares: what people asked support about.
pub(super) fn ring_of_shares() -> Canvas {
    let mut canvas = Canvas::new(|_, y| gradient(&[0x1F2A44, 0x27365A], y / HEIGHT));
    let shares = [(0.38, 0xFFB703), (0.24, 0xFB8500), (0.17, 0x8ECAE6), (0.13, 0x219EBC), (0.08, 0xD9ED92)];
    let mut from = 0.0_f32;
    for (row, (share, color)) in (0_u8..).zip(shares) {
        canvas.arc((350.0, 320.0), (163.0, 83.0), (from + 0.006, from + share - 0.006), hex(color));
        let top = 158.0 + 70.0 * f32::from(row);
        canvas.rect((640.0, top), (34.0, 34.0), 9.0, hex(color));
        canvas.rect((692.0, top + 5.0), (90.0 + 330.0 * share, 10.0), 5.0, hex(0xDDE4F2));
        canvas.rect((692.0, top + 21.0), (60.0 + 120.0 * share, 8.0), 4.0, hex(0x5C6B8F));
        from += share;
    }
    canvas
}

/// Circles, quarters and bars, as a poster.
pub(super) fn poster() -> Canvas {
    let mut canvas = Canvas::new(|_, _| hex(0xF2E8D5));
    let colors = [0xD1495B, 0xEDAE49, 0x00798C, 0x30638E, 0x003D5B, 0xF2E8D5];
    let color = |number: f32| hex(colors.get(index(number * 6.0)).copied().unwrap_or(0x003D5B));
    for row in 0..4_i16 {
        for column in 0..6_i16 {
            let (x, y) = (160.0 * f32::from(column), 160.0 * f32::from(row));
            let chance = |what: i32| chance::at(i32::from(column) + 7 * i32::from(row) + 3, what);
            canvas.rect((x, y), (160.0, 160.0), 0.0, color(chance(71)));
            let (middle, ink) = ((x + 80.0, y + 80.0), color((chance(71) + 0.17 + 0.66 * chance(73)) % 1.0));
            match index(chance(72) * 6.0) {
                0 => canvas.circle(middle, 58.0, ink),
                1 => quarter(&mut canvas, (x, y), ink),
                2 => canvas.polygon(&[(x, y + 160.0), (x + 160.0, y), (x + 160.0, y + 160.0)], ink),
                3 => {
                    for bar in 0..4_u8 {
                        canvas.rect((x, y + 40.0 * f32::from(bar)), (160.0, 20.0), 0.0, ink);
                    }
                }
                4 => {
                    canvas.ring(middle, 54.0, 22.0, ink);
                    canvas.circle(middle, 18.0, ink);
                }
                _ => canvas.polygon(
                    &[
                        (x + 80.0, y + 12.0),
                        (x + 148.0, y + 80.0),
                        (x + 80.0, y + 148.0),
                        (x + 12.0, y + 80.0),
                    ],
                    ink,
                ),
            }
        }
    }
    canvas
}

fn quarter(canvas: &mut Canvas, (x, y): Point, ink: Color) {
    let rim = (0..=24_u8).map(|step| f32::from(step) / 24.0 * std::f32::consts::FRAC_PI_2);
    let mut corners = vec![(x, y)];
    corners.extend(rim.map(|angle| (x + 160.0 * angle.cos(), y + 160.0 * angle.sin())));
    canvas.polygon(&corners, ink);
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small positive numbers")]
fn index(number: f32) -> usize {
    number as usize
}

/// Coffee on a desk, seen from above.
pub(super) fn coffee() -> Canvas {
    let mut canvas = Canvas::new(|x, y| {
        let grain = chance::rough(x / 260.0, y / 9.0) + 0.25 * (y / 128.0).floor() % 0.3;
        hex(0xB98A5E).mix(hex(0x8E6240), grain)
    });
    for board in 1..5_u8 {
        let y = 128.0 * f32::from(board);
        canvas.line((0.0, y), (WIDTH, y), 2.5, hex(0x6B472D));
    }
    canvas.polygon(&[(70.0, 120.0), (360.0, 60.0), (450.0, 500.0), (160.0, 560.0)], hex(0x7A5334));
    canvas.polygon(&[(62.0, 110.0), (352.0, 50.0), (442.0, 490.0), (152.0, 550.0)], hex(0xFBF7EC));
    for line in 0..9_u8 {
        let (x, y) = (104.0 + 8.4 * f32::from(line), 150.0 + 41.0 * f32::from(line));
        let long = 150.0 + 80.0 * chance::at(i32::from(line), 91);
        canvas.line((x, y), (x + long, y - long * 0.207), 5.0, hex(0xB9C4CF));
    }
    canvas.line((398.0, 560.0), (560.0, 470.0), 15.0, hex(0xE0A526));
    canvas.polygon(&[(553.0, 464.0), (586.0, 455.0), (564.0, 480.0)], hex(0xF0DDB8));
    canvas.circle((583.0, 457.0), 3.5, hex(0x3A3A3A));
    let (x, y) = (690.0, 280.0);
    canvas.circle((x + 14.0, y + 18.0), 196.0, hex(0x7A5334));
    canvas.circle((x, y), 190.0, hex(0xF4F1EA));
    canvas.ring((x, y), 168.0, 5.0, hex(0xDCD6CA));
    canvas.line((x + 120.0, y + 50.0), (x + 172.0, y + 74.0), 30.0, hex(0xE3DDD0));
    canvas.circle((x + 5.0, y + 8.0), 130.0, hex(0xCFC8BA));
    canvas.circle((x, y), 126.0, hex(0xFFFFFF));
    canvas.circle((x, y), 110.0, hex(0x5B3420));
    canvas.circle((x, y), 103.0, hex(0xA86F45));
    for (size, color) in [(1.0, 0xEBD2AE), (0.72, 0xA86F45), (0.5, 0xEBD2AE)] {
        heart(&mut canvas, (x, y + 6.0), 64.0 * size, hex(color));
    }
    canvas
}

fn heart(canvas: &mut Canvas, (x, y): Point, size: f32, color: Color) {
    for side in [-1.0, 1.0] {
        canvas.circle((x + side * size * 0.46, y - size * 0.3), size * 0.52, color);
    }
    canvas.polygon(
        &[
            (x - size * 0.93, y - size * 0.06),
            (x, y - size * 0.3),
            (x + size * 0.93, y - size * 0.06),
            (x, y + size),
        ],
        color,
    );
}
