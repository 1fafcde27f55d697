//! Random texts that let somebody in: sessions, API tokens, invitations, set-up codes.

use aws_lc_rs::digest;

use crate::base::entropy::Entropy;
use crate::base::secret::Secret;

/// No letter or digit that is mistaken for another (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// `prefix_` and 32 letters that carry 160 bits of chance. Store only its [`digest`].
pub fn make(prefix: &str, entropy: &Entropy) -> Secret {
    let letters = letters::<32>(entropy);
    Secret::new(format!("{prefix}_{letters}"))
}

/// A short code to type from a terminal, `xxxx-xxxx-xxxx` (60 bits): for things that live minutes.
pub fn code(entropy: &Entropy) -> Secret {
    let letters = letters::<12>(entropy);
    let (a, rest) = letters.split_at(4);
    let (b, c) = rest.split_at(4);
    Secret::new(format!("{a}-{b}-{c}"))
}

/// What is stored of a token: chance needs no slow hash.
pub fn digest(token: &str) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    out
}

fn letters<const N: usize>(entropy: &Entropy) -> String {
    entropy.bytes::<N>().iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_its_shape_and_its_digest_is_sha_256() {
        let token = make("dos", &Entropy::seeded(1));
        assert!(token.reveal().starts_with("dos_") && token.reveal().len() == 36);
        assert_eq!(code(&Entropy::seeded(1)).reveal().len(), 14);
        let known = 0xba78_16bf_8f01_cfea_4141_40de_5dae_2223_u128;
        assert_eq!(digest("abc")[..16], known.to_be_bytes());
    }
}
