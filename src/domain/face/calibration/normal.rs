//! The standard normal distribution's upper tail, and back. Exact far out: rates of 1e-8 and below are asked for.

/// The farthest deviate looked at; beyond it lies a share of 1e-33.
const MAX_DISTANCE: f64 = 12.0;

/// The share of a standard normal distribution above `deviate`, 0 to 1.
pub fn share_above(deviate: f64) -> f64 {
    0.5 * libm::erfc(deviate * std::f64::consts::FRAC_1_SQRT_2)
}

/// The deviate above which `share` lies: the inverse of [`share_above`] within ±12; NaN of what is no share.
pub fn deviate_of(share: f64) -> f64 {
    if !(0.0..=1.0).contains(&share) {
        return f64::NAN;
    }
    let (mut low, mut high) = (-MAX_DISTANCE, MAX_DISTANCE);
    // Halves 24 down to the precision of the numbers themselves.
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if share_above(middle) > share { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_quantiles_are_met() {
        for (share, deviate) in [(0.5, 0.0), (0.025, 1.959_963_985), (1e-4, 3.719_016_485), (1e-8, 5.612_001_244)] {
            assert!((deviate_of(share) - deviate).abs() < 1e-8, "{share}");
        }
        assert!(deviate_of(f64::NAN).is_nan() && deviate_of(-0.1).is_nan() && deviate_of(1.1).is_nan());
    }

    proptest! {
        #[test]
        fn there_and_back_is_where_it_began(exponent in 0.31_f64..20.0) {
            let share = 10_f64.powf(-exponent);
            prop_assert!((share_above(deviate_of(share)) / share - 1.0).abs() < 1e-9);
        }
    }
}
