//! Passwords as people sign in with them: kept only as argon2id hashes.

use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use super::error::{Error, Result};
use crate::base::entropy::Entropy;
use crate::base::secret::Secret;

/// OWASP's first choice: 19 MiB, two passes, one lane.
fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|_| Error::Library("choosing password work"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A hash in PHC text form (`$argon2id$v=19$m=19456,t=2,p=1$…`).
pub fn hash(password: &Secret, entropy: &Entropy) -> Result<String> {
    let salt = SaltString::encode_b64(&entropy.bytes::<16>()).map_err(|_| Error::Library("salting a password"))?;
    let hash = argon2()?.hash_password(password.reveal().as_bytes(), &salt);
    hash.map(|h| h.to_string()).map_err(|_| Error::Library("hashing a password"))
}

/// A hash of nothing anybody can type, with the same work as a real one.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Whether the password is the one that was hashed. An account that is not there (`None`) takes
/// as long as one that is, so that nobody learns from the time which addresses exist.
pub fn verify(password: &Secret, hash: Option<&str>) -> bool {
    let (text, real) = hash.map_or((DECOY, false), |h| (h, true));
    let (parsed, real) = match (PasswordHash::new(text), PasswordHash::new(DECOY)) {
        (Ok(parsed), _) => (parsed, real),
        (Err(_), Ok(decoy)) => (decoy, false),
        (Err(_), Err(_)) => return false,
    };
    let Ok(argon2) = argon2() else { return false };
    argon2.verify_password(password.reveal().as_bytes(), &parsed).is_ok() && real
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_is_accepted() {
        let entropy = Entropy::seeded(1);
        let kept = hash(&Secret::new("correct horse battery"), &entropy).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify(&Secret::new("correct horse battery"), Some(&kept)));
        assert!(!verify(&Secret::new("correct horse batterz"), Some(&kept)));
        assert!(!verify(&Secret::new("correct horse battery"), None));
        assert!(!verify(&Secret::new("correct horse battery"), Some("not a hash")));
        assert_ne!(kept, hash(&Secret::new("correct horse battery"), &entropy).unwrap());
    }

    #[test]
    fn the_decoy_is_a_hash_that_costs_as_much_as_a_real_one() {
        assert!(PasswordHash::new(DECOY).is_ok());
    }
}
