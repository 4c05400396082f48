//! `e^x` of many numbers at once.

/// Adding and taking away `1.5·2^52` rounds to a whole number and leaves it in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// High and low part of ln 2: the high part has 21 trailing zeros, so that multiples of it are exact.
const LN2_HIGH: f64 = f64::from_bits(0x3FE6_2E42_FEE0_0000);
const LN2_LOW: f64 = f64::from_bits(0x3DEA_39EF_3579_3C76);

/// `1/k!` for k from 12 down to 0: Taylor's series, whose remainder is below an eighth of the last bit for `|r| ≤ ln(2)/2`.
const TAYLOR: [f64; 13] = [
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
    1.0,
    1.0,
];

/// Replaces each number by its exponential, to within two units in the last place. Arguments are cut off at ±700, so
/// that nothing overflows. The loop has no branch: compilers do several numbers at a time, with the same bits on any
/// x86-64 processor, since every step is a single rounded operation.
pub fn exp_all(numbers: &mut [f64]) {
    for x in numbers {
        let clamped = x.clamp(-700.0, 700.0);
        let shifted = clamped * std::f64::consts::LOG2_E + ROUND;
        let k = shifted - ROUND;
        let r = (clamped - k * LN2_HIGH) - k * LN2_LOW;
        let mut sum = TAYLOR[0];
        for coefficient in &TAYLOR[1..] {
            sum = sum * r + coefficient;
        }
        let power = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1023 << 52));
        *x = sum * power;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_single_one_to_two_units_in_the_last_place() {
        let arguments: Vec<f64> = (-140_000..=140_000).map(|i| f64::from(i) * 0.004_987).collect();
        let mut many = arguments.clone();
        exp_all(&mut many);
        for (x, y) in arguments.iter().zip(&many) {
            let exact = libm::exp(*x);
            assert!((y - exact).abs() <= 2.0 * f64::EPSILON * exact, "{x}: {y} {exact}");
        }
        let mut ends = [0.0, -1e9, 1e9, f64::NEG_INFINITY];
        exp_all(&mut ends);
        assert_eq!(ends[0], 1.0);
        assert!(ends[1] < 1e-300 && ends[2].is_finite() && ends[3] < 1e-300);
    }
}
