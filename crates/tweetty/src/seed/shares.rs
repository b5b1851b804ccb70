//! Zipf-like figures: a few have much, most have little.

use rand::{RngExt as _, seq::SliceRandom as _};
use rand_pcg::Pcg64Mcg;

/// Rank `r` (from 0) weighs `(r + shift) ^ -exponent`; the shift makes the top less steep.
#[derive(Debug, Clone, Copy)]
pub(super) struct Zipf {
    pub(super) exponent: f64,
    pub(super) shift: f64,
}

impl Zipf {
    fn weight(self, rank: u32) -> f64 {
        (f64::from(rank) + self.shift).powf(-self.exponent)
    }

    /// Deals out exactly `total` among so many, at most `most` to one, in random order.
    /// The caller makes sure that `total <= how_many * most`.
    pub(super) fn deal(self, total: u64, how_many: u32, most: u32, random: &mut Pcg64Mcg) -> Vec<u32> {
        let mut weight_left = (0..how_many).map(|rank| self.weight(rank)).sum::<f64>();
        let mut left = total;
        let mut shares = Vec::with_capacity(how_many as usize);
        for rank in 0..how_many {
            let weight = self.weight(rank);
            // Rounded up or down by chance, else a long tail of small shares would get nothing.
            let share = as_real(left) * (weight / weight_left).min(1.0) + random.random::<f64>();
            let share = as_whole(share).min(most).min(u32::try_from(left).unwrap_or(u32::MAX));
            shares.push(share);
            left -= u64::from(share);
            weight_left = (weight_left - weight).max(f64::MIN_POSITIVE);
        }
        for share in shares.iter_mut().rev() {
            let more = u32::try_from(left).unwrap_or(u32::MAX).min(most - *share);
            *share += more;
            left -= u64::from(more);
        }
        shares.shuffle(random);
        shares
    }

    /// Draws a rank below `how_many`; the exponent is below 1.
    pub(super) fn draw(self, how_many: u32, random: &mut Pcg64Mcg) -> u32 {
        // The distribution function of the continuous curve, turned round.
        let power = 1.0 - self.exponent;
        let (low, high) = (self.shift.powf(power), (self.shift + f64::from(how_many)).powf(power));
        let place = (low + random.random::<f64>() * (high - low)).powf(power.recip()) - self.shift;
        as_whole(place).min(how_many - 1)
    }

    /// Draws so many different ranks, as if each draw left those drawn before aside, into `ranks` in no order.
    pub(super) fn draw_different(
        self,
        count: u32,
        how_many: u32,
        ranks: &mut Vec<u32>,
        random: &mut Pcg64Mcg,
    ) {
        ranks.clear();
        if count > how_many / 16 {
            // The smallest of exponential waiting times, each as fast as its rank is heavy.
            let mut waits = (0..how_many)
                .map(|rank| (-(1.0 - random.random::<f64>()).ln() / self.weight(rank), rank))
                .collect::<Vec<_>>();
            if count < how_many {
                waits.select_nth_unstable_by(count as usize, |one, other| one.0.total_cmp(&other.0));
            }
            ranks.extend(waits.into_iter().take(count as usize).map(|(_, rank)| rank));
            return;
        }
        while ranks.len() < count as usize {
            while ranks.len() < count as usize {
                ranks.push(self.draw(how_many, random));
            }
            ranks.sort_unstable();
            ranks.dedup();
        }
    }
}

/// Fills `chosen` with so many different numbers below `how_many`, each as likely as any, in ascending order.
pub(super) fn choose(count: u32, how_many: u32, chosen: &mut Vec<u32>, random: &mut Pcg64Mcg) {
    chosen.clear();
    if count > how_many / 8 {
        let mut wanted = count;
        for number in 0..how_many {
            if random.random_range(0..how_many - number) < wanted {
                chosen.push(number);
                wanted -= 1;
            }
        }
        return;
    }
    while chosen.len() < count as usize {
        while chosen.len() < count as usize {
            chosen.push(random.random_range(0..how_many));
        }
        chosen.sort_unstable();
        chosen.dedup();
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures below 2^52")]
fn as_real(whole: u64) -> f64 {
    whole as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which is wanted"
)]
fn as_whole(real: f64) -> u32 {
    real as u32
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    const STEEP: Zipf = Zipf { exponent: 1.0, shift: 50.0 };
    const FLAT: Zipf = Zipf { exponent: 0.8, shift: 10.0 };

    fn random() -> Pcg64Mcg {
        Pcg64Mcg::seed_from_u64(7)
    }

    #[test]
    fn shares_add_up_exactly_and_none_is_above_the_most() {
        for (total, how_many, most) in [
            (0, 10, 3),
            (30, 10, 3),
            (29, 10, 3),
            (1, 10, 3),
            (5_000, 1_000, 333),
            (100_000, 1_000, 333),
            (7, 1, 7),
        ] {
            let shares = STEEP.deal(total, how_many, most, &mut random());
            assert_eq!(shares.iter().copied().map(u64::from).sum::<u64>(), total);
            assert_eq!(shares.len(), how_many as usize);
            assert!(shares.iter().all(|share| *share <= most));
        }
    }

    #[test]
    fn a_few_get_much_and_most_get_little() {
        let mut shares = STEEP.deal(100_000, 10_000, 3_333, &mut random());
        shares.sort_unstable();
        assert!(shares[9_999] > 200, "{}", shares[9_999]);
        assert!((1..10).contains(&shares[5_000]), "{}", shares[5_000]);
    }

    #[test]
    fn chosen_numbers_are_ascending_and_different_and_all_are_chosen_in_time() {
        let (mut chosen, mut random) = (Vec::new(), random());
        let mut seen = [false; 100];
        for count in (0..=100).chain([1; 500]) {
            choose(count, 100, &mut chosen, &mut random);
            assert_eq!(chosen.len(), count as usize);
            assert!(
                chosen.is_sorted_by(|one, other| one < other) && chosen.iter().all(|number| *number < 100)
            );
            for number in &chosen {
                seen[*number as usize] |= count == 1;
            }
        }
        assert!(seen.iter().filter(|seen| **seen).count() > 90);
    }

    #[test]
    fn different_ranks_are_different_however_many_are_drawn_and_low_ones_come_more_often() {
        let (mut ranks, mut random) = (Vec::new(), random());
        let mut low = 0;
        for count in [0, 1, 5, 60, 63, 64, 500, 999, 1000] {
            FLAT.draw_different(count, 1000, &mut ranks, &mut random);
            ranks.sort_unstable();
            ranks.dedup();
            assert_eq!(ranks.len(), count as usize);
            assert!(ranks.iter().all(|rank| *rank < 1000));
            if count <= 500 {
                low += ranks.iter().filter(|rank| **rank < 500).count();
            }
        }
        assert!(low > 420, "{low} of 693");
    }
}
