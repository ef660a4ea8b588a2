//! Statements about many keys at once.

/// `$1, $2, ...`: `count` places, `width` a key, from the first on.
pub(in crate::store) fn places(count: usize, width: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> = (1..=width).map(|place| format!("${}", row * width + place)).collect();
        places.join(", ")
    };
    let rows: Vec<String> =
        (0..count).map(|index| if width == 1 { row(index) } else { format!("({})", row(index)) }).collect();
    rows.join(", ")
}

/// So many places as a statement has: a power of two, so that few different texts are prepared. The last key fills up.
pub(in crate::store) fn padded<K: Clone>(mut keys: Vec<K>) -> Vec<K> {
    if let Some(last) = keys.last().cloned() {
        keys.resize(keys.len().next_power_of_two(), last);
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_through_and_padded() {
        assert_eq!(places(3, 1), "$1, $2, $3");
        assert_eq!(places(2, 2), "($1, $2), ($3, $4)");
        assert_eq!(padded(vec![1, 2, 3]), [1, 2, 3, 3]);
        assert_eq!(padded(vec![7]), [7]);
        assert!(padded(Vec::<u8>::new()).is_empty());
    }
}
