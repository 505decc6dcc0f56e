//! Amounts of money for people: in ether, with gwei in brackets.

const WEI_PER_GWEI: u128 = 1_000_000_000;
const GWEI_PER_ETHER: u128 = 1_000_000_000;
/// The number of digits of gwei in an ether.
const DIGITS: usize = 9;

/// Returns an amount of wei in the one form that people see: `0.0005 ether (500,000 gwei)`. What is less than a gwei is left out.
pub fn in_ether(wei: u128) -> String {
    let gwei = wei / WEI_PER_GWEI;
    let (whole, rest) = (gwei / GWEI_PER_ETHER, gwei % GWEI_PER_ETHER);
    let fraction = format!("{rest:0DIGITS$}");
    let amount = match fraction.trim_end_matches('0') {
        "" => grouped(whole),
        digits => format!("{}.{digits}", grouped(whole)),
    };
    format!("{amount} ether ({} gwei)", grouped(gwei))
}

/// Returns an amount of gwei as [`in_ether`] does.
pub fn gwei_in_ether(gwei: u64) -> String {
    in_ether(u128::from(gwei).saturating_mul(WEI_PER_GWEI))
}

/// Returns a number with commas between thousands.
fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len().saturating_mul(2));
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && digits.len().saturating_sub(position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_ether_with_gwei_in_brackets() {
        for (wei, text) in [
            (0, "0 ether (0 gwei)"),
            (999_999_999, "0 ether (0 gwei)"),
            (1_000_000_000, "0.000000001 ether (1 gwei)"),
            (500_000_000_000_000, "0.0005 ether (500,000 gwei)"),
            (12_300_000_000_000_000_000, "12.3 ether (12,300,000,000 gwei)"),
            (1_000_000_000_000_000_000_000, "1,000 ether (1,000,000,000,000 gwei)"),
        ] {
            assert_eq!(in_ether(wei), text);
        }
        assert_eq!(gwei_in_ether(500_000), "0.0005 ether (500,000 gwei)");
        assert!(in_ether(u128::MAX).contains(" ether ("));
    }
}
