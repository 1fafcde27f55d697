//! Noise from a seed: the same numbers on every machine, wherever one begins to read them.
//!
//! Philox 4x32 with 10 rounds (Salmon et al. 2011), keyed by the seed, counts blocks of four 32-bit words; two words
//! make one normal number pair by Box and Muller's formula in f64. Recipes store seeds, so this must never change.

use super::latents::Latents;

/// Unit normal noise of `shape`; `stream` tells uses of one seed apart (0 is where a picture begins).
pub(crate) fn normal(seed: u64, stream: u32, shape: impl Into<Vec<usize>>) -> Latents {
    let shape = shape.into();
    let count: usize = shape.iter().product();
    let key = [seed as u32, (seed >> 32) as u32];
    let blocks = (0u64..).map(|block| philox([block as u32, (block >> 32) as u32, stream, 0], key));
    let values = blocks.flat_map(|[a, b, c, d]| pair(a, b).into_iter().chain(pair(c, d))).take(count).collect();
    Latents { shape, values }
}

fn pair(a: u32, b: u32) -> [f32; 2] {
    const SCALE: f64 = 1.0 / 4_294_967_296.0;
    // The half keeps the logarithm away from zero.
    let (u, v) = ((f64::from(a) + 0.5) * SCALE, f64::from(b) * SCALE);
    let (radius, angle) = ((-2.0 * u.ln()).sqrt(), v * std::f64::consts::TAU);
    [(radius * angle.cos()) as f32, (radius * angle.sin()) as f32]
}

fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let [first, second, third, fourth] = counter;
        let (even, odd) = (u64::from(first) * 0xD251_1F53, u64::from(third) * 0xCD9E_8D57);
        counter =
            [(odd >> 32) as u32 ^ second ^ key[0], odd as u32, (even >> 32) as u32 ^ fourth ^ key[1], even as u32];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
    }
    counter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_its_published_numbers() {
        let zero = philox([0; 4], [0; 2]);
        assert_eq!(zero, [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]);
        let ones = philox([u32::MAX; 4], [u32::MAX; 2]);
        assert_eq!(ones, [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD]);
    }

    #[test]
    fn noise_is_normal_and_never_changes() {
        let noise = normal(42, 0, [100_000]).values;
        let mean = noise.iter().sum::<f32>() / 1e5;
        let spread = noise.iter().map(|x| x * x).sum::<f32>() / 1e5;
        assert!(mean.abs() < 0.02 && (spread - 1.0).abs() < 0.02, "{mean} {spread}");
        assert_eq!(normal(42, 0, [5]).values, noise[..5]);
        assert_ne!(normal(42, 1, [5]).values, noise[..5]);
    }
}
