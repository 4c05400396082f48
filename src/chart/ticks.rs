//! Where ticks stand and what they say: true minus, 1.2k, %, 10⁻³.

use crate::numerics::ln;

/// What the numbers of an axis are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Format {
    /// Numbers as they are; thousands and millions as 1.2k and 3M.
    #[default]
    Plain,
    /// Fractions, shown as 12%.
    Percent,
    /// Fractions, shown as 12; the axis says "percentage points".
    Points,
}

impl Format {
    /// Shown number over stored number.
    pub fn factor(self) -> f64 {
        if self == Self::Plain { 1.0 } else { 100.0 }
    }

    fn sign(self) -> &'static str {
        if self == Self::Percent { "%" } else { "" }
    }
}

/// 10 to a whole power, exactly rounded.
pub fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::INFINITY)
}

/// The largest `k` with 10^k ≤ |v|; 0 for 0.
pub fn magnitude(v: f64) -> i32 {
    if v == 0.0 || !v.is_finite() {
        return 0;
    }
    let guess = (ln(v.abs()) / ln(10.0)).floor() as i32;
    (guess - 1..=guess + 1).rev().find(|&k| power_of_ten(k) <= v.abs()).unwrap_or(guess)
}

/// The smallest of 1, 2, 5 × 10^k that parts `span` into at most `most` steps.
pub fn step(span: f64, most: usize) -> f64 {
    let least = span / most.max(1) as f64;
    let base = power_of_ten(magnitude(least));
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|m| m * base)
        .find(|s| *s >= least * 0.999_999)
        .unwrap_or(base * 10.0)
}

/// Ends that hold all values apart: where all are equal, half as much again on both sides.
pub fn spread(low: f64, high: f64) -> (f64, f64) {
    if high - low > 1e-12 * high.abs().max(low.abs()) {
        return (low, high);
    }
    let margin = if high == 0.0 { 0.5 } else { 0.5 * high.abs() };
    (low - margin, high + margin)
}

/// Multiples of a round step from `low` to `high`, about `most` of them at most.
pub fn linear(low: f64, high: f64, most: usize) -> Vec<f64> {
    let step = step(high - low, most);
    let (first, last) = ((low / step - 1e-6).ceil(), (high / step + 1e-6).floor());
    let count = (last - first).clamp(0.0, 64.0) as usize;
    (0..=count)
        .map(|i| (first + i as f64) * step)
        .map(|v| if v.abs() < step * 1e-6 { 0.0 } else { v })
        .collect()
}

/// Powers of ten from `low` to `high` (both positive), each or every few, at most `most`.
pub fn decades(low: f64, high: f64, most: usize) -> Vec<f64> {
    let (first, last) = (magnitude(low * 0.999_999) + 1, magnitude(high * 1.000_001));
    let stride = ((last - first + 1).max(1) as usize).div_ceil(most.max(1));
    (first..=last).step_by(stride.max(1)).map(power_of_ten).collect()
}

/// Labels of evenly spaced ticks, all with as many decimals as the step needs.
pub fn labels(ticks: &[f64], format: Format) -> Vec<String> {
    let shown: Vec<f64> = ticks.iter().map(|t| t * format.factor()).collect();
    let gap = shown.windows(2).map(|w| w[1] - w[0]).fold(f64::INFINITY, f64::min);
    let gap = if gap.is_finite() && gap > 0.0 { gap } else { shown.first().map_or(1.0, |v| v.abs()) };
    let largest = shown.iter().fold(0.0_f64, |a, v| a.max(v.abs()));
    let tiny = largest > 0.0 && magnitude(largest) < -3;
    let huge = magnitude(largest) >= 12;
    shown
        .iter()
        .map(|&v| {
            if v == 0.0 {
                return format!("0{}", format.sign());
            }
            if tiny || huge {
                let unit = magnitude(largest);
                let digits = decimals(gap / power_of_ten(unit));
                return format!("{}×{}{}", fixed(v / power_of_ten(unit), digits), power(unit), format.sign());
            }
            let (divisor, letter) = thousands(v);
            let digits = if letter.is_empty() && largest >= 1000.0 { 0 } else { decimals(gap / divisor) };
            format!("{}{letter}{}", trimmed(v / divisor, digits, !letter.is_empty()), format.sign())
        })
        .collect()
}

/// Label of a tick on a logarithmic axis: 0.01, 1, 100, 10k, or 10⁻⁵.
pub fn decade_label(v: f64, format: Format) -> String {
    let shown = v * format.factor();
    // A hundredfold of a power of ten may miss the next one by a rounding.
    let exponent = magnitude(shown * 1.000_001);
    if (-3..=5).contains(&exponent) {
        let (divisor, letter) = thousands(power_of_ten(exponent));
        let digits = usize::try_from(-exponent).unwrap_or(0);
        return format!("{}{letter}{}", fixed(shown / divisor, digits), format.sign());
    }
    let lead = fixed(shown / power_of_ten(exponent), 0);
    let lead = if lead == "1" { String::new() } else { format!("{lead}×") };
    format!("{lead}{}{}", power(exponent), format.sign())
}

/// 1, 2, 5 × powers of ten from `low` to `high`, both positive.
pub fn ones_twos_fives(low: f64, high: f64) -> Vec<f64> {
    multiples(&[1.0, 2.0, 5.0], low, high)
}

/// 1, 2, …, 9 × powers of ten from `low` to `high`, both positive; none where that would be more than three decades.
pub fn ones_to_nines(low: f64, high: f64) -> Vec<f64> {
    if high > 1001.0 * low {
        return Vec::new();
    }
    multiples(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], low, high)
}

fn multiples(leads: &[f64], low: f64, high: f64) -> Vec<f64> {
    (magnitude(low) - 1..=magnitude(high) + 1)
        .flat_map(|k| leads.iter().map(move |m| m * power_of_ten(k)))
        .filter(|v| *v >= low * 0.999_999 && *v <= high * 1.000_001)
        .collect()
}

/// 10⁻³.
pub fn power(exponent: i32) -> String {
    let raised = |c: char| match c {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32(u32::from('⁴') + u32::from(digit) - u32::from('4')).unwrap_or(digit),
    };
    format!("10{}", exponent.to_string().chars().map(raised).collect::<String>())
}

/// A number with a true minus and a fixed number of decimals; never a negative zero.
pub fn fixed(v: f64, digits: usize) -> String {
    let text = format!("{:.*}", digits, v.abs());
    let zero = text.chars().all(|c| c == '0' || c == '.');
    if v < 0.0 && !zero { format!("−{text}") } else { text }
}

/// A number for a table: `digits` significant digits, thousands parted by commas, powers of ten beyond 10⁶ and 10⁻⁴.
pub fn significant(v: f64, digits: usize) -> String {
    if !v.is_finite() {
        return "–".to_owned();
    }
    let exponent = magnitude(v);
    if v != 0.0 && !(-4..=6).contains(&exponent) {
        return format!(
            "{}×{}",
            fixed(v / power_of_ten(exponent), digits.saturating_sub(1)),
            power(exponent)
        );
    }
    grouped(&fixed(v, decimals_for(exponent, digits)))
}

/// Decimals that leave `digits` significant digits in a number of this magnitude.
pub fn decimals_for(magnitude: i32, digits: usize) -> usize {
    i32::try_from(digits).map_or(0, |d| usize::try_from(d - 1 - magnitude).unwrap_or(0))
}

/// Commas between thousands.
pub fn grouped(number: &str) -> String {
    let digits = number.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).count();
    let lead = number.chars().take_while(|c| !c.is_ascii_digit()).count();
    let comma =
        |i: usize| digits > 3 && i > lead && i < lead + digits && (lead + digits - i).is_multiple_of(3);
    number.chars().enumerate().fold(String::new(), |mut out, (i, c)| {
        if comma(i) {
            out.push(',');
        }
        out.push(c);
        out
    })
}

fn thousands(v: f64) -> (f64, &'static str) {
    match v.abs() {
        a if a >= 0.999_999e9 => (1e9, "B"),
        a if a >= 0.999_999e6 => (1e6, "M"),
        a if a >= 0.999_999e3 => (1e3, "k"),
        _ => (1.0, ""),
    }
}

fn decimals(gap: f64) -> usize {
    if gap <= 0.0 || !gap.is_finite() {
        return 0;
    }
    (0..=9)
        .find(|&d| {
            let scaled = gap * power_of_ten(d);
            scaled >= 0.999 && (scaled - scaled.round()).abs() < 1e-3
        })
        .unwrap_or(9) as usize
}

fn trimmed(v: f64, digits: usize, trim: bool) -> String {
    let text = fixed(v, digits);
    if trim && text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(low: f64, high: f64, most: usize, format: Format) -> String {
        labels(&linear(low, high, most), format).join(" ")
    }

    #[test]
    fn labels_are_those_of_a_careful_hand() {
        assert_eq!(said(-0.2, 1.0, 6, Format::Percent), "−20% 0% 20% 40% 60% 80% 100%");
        assert_eq!(said(0.0, 3000.0, 6, Format::Plain), "0 500 1k 1.5k 2k 2.5k 3k");
        assert_eq!(said(0.0, 0.03, 3, Format::Points), "0 1 2 3");
        assert_eq!(said(0.0, 1.0, 4, Format::Plain), "0 0.5 1.0");
        assert_eq!(said(0.0, 4e-6, 2, Format::Plain), "0 2×10⁻⁶ 4×10⁻⁶");
        assert_eq!(said(1e6, 3e6, 2, Format::Plain), "1M 2M 3M");
    }

    #[test]
    fn decades_and_powers() {
        let labels: Vec<String> =
            decades(2e-4, 0.3, 6).into_iter().map(|v| decade_label(v, Format::Percent)).collect();
        assert_eq!(labels, ["0.1%", "1%", "10%"]);
        assert_eq!(decade_label(1e-5, Format::Plain), "10⁻⁵");
        assert_eq!(decade_label(1000.0, Format::Plain), "1k");
        assert_eq!(decade_label(5e-7, Format::Plain), "5×10⁻⁷");
        assert_eq!(power(-14), "10⁻¹⁴");
        assert_eq!(ones_twos_fives(0.2, 3.0), [0.2, 0.5, 1.0, 2.0]);
    }

    #[test]
    fn numbers_for_tables() {
        assert_eq!(significant(-1234567.0, 3), "−1,234,567");
        assert_eq!(significant(0.01234, 3), "0.0123");
        assert_eq!(significant(1.5e-9, 3), "1.50×10⁻⁹");
        assert_eq!(fixed(-0.0001, 2), "0.00");
        assert_eq!(grouped("−999"), "−999");
    }

    #[test]
    fn equal_values_get_room() {
        assert_eq!(spread(2.0, 2.0), (1.0, 3.0));
        assert_eq!(spread(0.0, 0.0), (-0.5, 0.5));
    }
}
