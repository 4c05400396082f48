//! Curves and policies as packed little-endian doubles.

/// Packs rows of doubles.
pub(super) fn pack<const N: usize>(rows: impl IntoIterator<Item = [f64; N]>) -> Vec<u8> {
    rows.into_iter().flatten().flat_map(f64::to_le_bytes).collect()
}

/// Unpacks rows of doubles; `None` where the length is not a whole number of rows.
pub(super) fn unpack<const N: usize>(bytes: &[u8]) -> Option<Vec<[f64; N]>> {
    let (words, rest) = bytes.as_chunks::<8>();
    let (rows, spare) = words.as_chunks::<N>();
    (rest.is_empty() && spare.is_empty())
        .then(|| rows.iter().map(|row| row.map(f64::from_le_bytes)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_keeps_every_bit() {
        let rows = [[0.1, -0.0, f64::MAX], [f64::MIN_POSITIVE, f64::INFINITY, 3.0]];
        let bytes = pack(rows);
        assert_eq!(bytes.len(), 48);
        let back = unpack::<3>(&bytes).unwrap();
        assert_eq!(
            back.concat().iter().map(|x| x.to_bits()).collect::<Vec<_>>(),
            rows.concat().iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        );
        assert!(unpack::<3>(&bytes[..40]).is_none());
        assert!(unpack::<2>(&bytes[..47]).is_none());
    }
}
