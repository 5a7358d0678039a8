//! Reed-Solomon over GF(256) as QR has it: errors and erasures (Blahut 1983, 7.4; ISO/IEC 18004, annex B).

use std::sync::LazyLock;

/// Powers and logarithms of the generator 2 modulo x^8 + x^4 + x^3 + x^2 + 1.
struct Field {
    power: [u8; 510],
    log: [usize; 256],
}

static FIELD: LazyLock<Field> = LazyLock::new(|| {
    let mut field = Field { power: [0; 510], log: [0; 256] };
    let mut value: u16 = 1;
    for exponent in 0..255 {
        let byte = value.to_be_bytes()[1];
        field.power[exponent] = byte;
        field.power[exponent + 255] = byte;
        field.log[usize::from(byte)] = exponent;
        value = if value & 0x80 == 0 { value << 1 } else { (value << 1) ^ 0x11D };
    }
    field
});

fn times(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        return 0;
    }
    FIELD.power[FIELD.log[usize::from(a)] + FIELD.log[usize::from(b)]]
}

fn over(a: u8, b: u8) -> u8 {
    if a == 0 {
        return 0;
    }
    FIELD.power[FIELD.log[usize::from(a)] + 255 - FIELD.log[usize::from(b)]]
}

/// 2 to the power of `exponent`, below 255.
fn power(exponent: usize) -> u8 {
    FIELD.power[exponent]
}

/// Mends `block`, whose last `parity` bytes are parity. `erasures` are positions that are not to be trusted, each once.
///
/// Returns how many bytes were wrong outside the erasures. `None` where twice that and the erasures are more than `parity`
/// allows, and `block` is then as it was.
pub(crate) fn correct(block: &mut [u8], parity: usize, erasures: &[usize]) -> Option<usize> {
    if block.len() > 255 || erasures.len() > parity || erasures.iter().any(|at| *at >= block.len()) {
        return None;
    }
    let syndromes = syndromes(block, parity);
    if syndromes.iter().all(|syndrome| *syndrome == 0) {
        return Some(0);
    }
    let locator = locator(&syndromes, &location_polynomial(block.len(), erasures), erasures.len())?;
    let degree = locator.len() - 1;
    let evaluator: Vec<u8> = (0..parity).map(|at| coefficient(&syndromes, &locator, at)).collect();
    let mut mended = Vec::with_capacity(degree);
    for at in 0..block.len() {
        let exponent = block.len() - 1 - at;
        let inverse = power((255 - exponent) % 255);
        if value(&locator, inverse) == 0 {
            let slope = value(&derivative(&locator), inverse);
            if slope == 0 {
                return None;
            }
            // The roots of QR's generator start at 2^0, hence the factor of the location itself.
            mended.push((at, times(power(exponent), over(value(&evaluator, inverse), slope))));
        }
    }
    if mended.len() != degree {
        return None;
    }
    let mut fixed = block.to_vec();
    for (at, error) in &mended {
        fixed[*at] ^= error;
    }
    if self::syndromes(&fixed, parity).iter().any(|syndrome| *syndrome != 0) {
        return None;
    }
    let errors = mended.iter().filter(|(at, _)| !erasures.contains(at)).count();
    block.copy_from_slice(&fixed);
    Some(errors)
}

/// The block as a polynomial, its first byte the highest, at the powers 0 to `parity` of 2.
fn syndromes(block: &[u8], parity: usize) -> Vec<u8> {
    (0..parity).map(|at| block.iter().fold(0, |sum, byte| times(sum, power(at)) ^ byte)).collect()
}

/// The product of (1 + location x) over the erasures, lowest coefficient first.
fn location_polynomial(length: usize, erasures: &[usize]) -> Vec<u8> {
    let mut product = vec![1];
    for at in erasures {
        let location = power(length - 1 - at);
        product.push(0);
        for index in (1..product.len()).rev() {
            product[index] ^= times(product[index - 1], location);
        }
    }
    product
}

/// Berlekamp and Massey's iteration, begun with the erasures: the polynomial whose roots are the inverse locations.
fn locator(syndromes: &[u8], erased: &[u8], erasures: usize) -> Option<Vec<u8>> {
    let mut locator = erased.to_vec();
    let mut before = erased.to_vec();
    let mut length = erasures;
    for at in erasures..syndromes.len() {
        let discrepancy = coefficient(syndromes, &locator, at);
        before.insert(0, 0);
        if discrepancy == 0 {
            continue;
        }
        let mut next = locator.clone();
        next.resize(next.len().max(before.len()), 0);
        for (part, old) in next.iter_mut().zip(&before) {
            *part ^= times(discrepancy, *old);
        }
        if 2 * length <= at + erasures {
            length = at + 1 + erasures - length;
            before = locator.iter().map(|part| over(*part, discrepancy)).collect();
        }
        locator = next;
    }
    while locator.last() == Some(&0) {
        locator.pop();
    }
    (locator.len() == length + 1).then_some(locator)
}

/// The coefficient of x^`at` in the product of two polynomials.
fn coefficient(a: &[u8], b: &[u8], at: usize) -> u8 {
    b.iter().enumerate().take(at + 1).fold(0, |sum, (index, part)| {
        let other = a.get(at - index).copied().unwrap_or(0);
        sum ^ times(*part, other)
    })
}

/// A polynomial, lowest coefficient first, at `x`.
fn value(polynomial: &[u8], x: u8) -> u8 {
    polynomial.iter().rev().fold(0, |sum, part| times(sum, x) ^ part)
}

/// The formal derivative: in characteristic 2 only odd powers leave something.
fn derivative(polynomial: &[u8]) -> Vec<u8> {
    let odd = |(index, part): (usize, &u8)| if index % 2 == 1 { *part } else { 0 };
    polynomial.iter().enumerate().skip(1).map(odd).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of 44 bytes, 16 of them parity, by another implementation.
    fn block() -> Vec<u8> {
        let data: Vec<u8> = (0..28).map(|at| at * 7 + 3).collect();
        let parity = qrcode::ec::create_error_correction_code(&data, 16);
        [data, parity].concat()
    }

    fn damaged(errors: &[usize]) -> Vec<u8> {
        let mut block = block();
        for (step, at) in errors.iter().enumerate() {
            block[*at] ^= u8::try_from(0x5A + step).unwrap();
        }
        block
    }

    #[test]
    fn mends_up_to_half_the_parity() {
        for count in 0..=8 {
            let places: Vec<usize> = (0..count).map(|at| at * 5 + 1).collect();
            let mut read = damaged(&places);
            assert_eq!(correct(&mut read, 16, &[]), Some(count));
            assert_eq!(read, block());
        }
        assert_eq!(correct(&mut damaged(&[0, 1, 2, 3, 4, 5, 6, 7, 8]), 16, &[]), None);
    }

    #[test]
    fn an_erasure_costs_half_of_an_error() {
        let erased: Vec<usize> = (0..10).map(|at| 2 * at).collect();
        let mut read = damaged(&[&erased[..], &[31, 33, 40]].concat());
        assert_eq!(correct(&mut read, 16, &erased), Some(3));
        assert_eq!(read, block());
        let all: Vec<usize> = (20..36).collect();
        let mut read = damaged(&all);
        assert_eq!(correct(&mut read, 16, &all), Some(0));
        assert_eq!(read, block());
    }

    #[test]
    fn erasures_that_were_right_do_no_harm() {
        let mut read = damaged(&[7]);
        assert_eq!(correct(&mut read, 16, &[1, 2, 3]), Some(1));
        assert_eq!(read, block());
    }

    #[test]
    fn what_cannot_be_mended_stays_as_it_was() {
        let before = damaged(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        let mut read = before.clone();
        assert_eq!(correct(&mut read, 16, &[]), None);
        assert_eq!(read, before);
        assert_eq!(correct(&mut [0; 4], 2, &[9]), None);
        assert_eq!(correct(&mut [0; 300], 2, &[]), None);
    }
}
