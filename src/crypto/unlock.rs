//! Ways to the root key that people carry: age files that the stock `age` program opens too.

use std::io::{Read, Write};
use std::str::FromStr;

use age::secrecy::{ExposeSecret, SecretString};
use age::{DecryptError, Decryptor, Encryptor};
use zeroize::Zeroizing;

use super::error::{Error, Result};
use super::keys::RootKey;
use crate::base::secret::Secret;

/// What stands before the 32 key bytes inside an age file.
const MARK: &[u8; 8] = b"DO2ROOT\x01";
/// An age file that asks for more work than this (256 MiB) is refused: it could exhaust the machine.
const MOST_WORK: u8 = 18;
const LEAST_PASSPHRASE: usize = 12;

/// An age identity to carry: the text of a key file or a recovery key (`AGE-SECRET-KEY-1…`).
pub fn new_identity() -> Secret {
    Secret::new(age::x25519::Identity::generate().to_string().expose_secret())
}

/// Wraps the root key so that the passphrase opens it. `hardness` is scrypt's log2 N.
pub fn wrap_by_passphrase(root: &RootKey, passphrase: &Secret, hardness: u8) -> Result<Vec<u8>> {
    let length = passphrase.reveal().chars().count();
    if length < LEAST_PASSPHRASE {
        return Err(Error::ShortPassphrase(length));
    }
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.reveal().to_owned()));
    recipient.set_work_factor(hardness);
    wrap(root, &recipient)
}

/// Wraps the root key so that the identity opens it.
pub fn wrap_by_identity(root: &RootKey, identity: &Secret) -> Result<Vec<u8>> {
    wrap(root, &parse(identity)?.to_public())
}

pub fn unwrap_by_passphrase(file: &[u8], passphrase: &Secret) -> Result<RootKey> {
    let mut identity = age::scrypt::Identity::new(SecretString::from(passphrase.reveal().to_owned()));
    identity.set_max_work_factor(MOST_WORK);
    unwrap(file, &identity, Error::WrongPassphrase)
}

pub fn unwrap_by_identity(file: &[u8], identity: &Secret) -> Result<RootKey> {
    unwrap(file, &parse(identity)?, Error::WrongIdentity)
}

fn parse(identity: &Secret) -> Result<age::x25519::Identity> {
    // As a file, it may carry comment lines like the ones `age-keygen` writes.
    let line = identity.reveal().lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    let line = line.ok_or(Error::MalformedIdentity)?;
    age::x25519::Identity::from_str(&line.to_uppercase()).map_err(|_| Error::MalformedIdentity)
}

fn wrap(root: &RootKey, recipient: &dyn age::Recipient) -> Result<Vec<u8>> {
    let failed = |_| Error::Library("wrapping the root key");
    let encryptor =
        Encryptor::with_recipients(std::iter::once(recipient)).map_err(|_| Error::Library("wrapping the root key"))?;
    let mut file = Vec::new();
    let mut writer = encryptor.wrap_output(&mut file).map_err(failed)?;
    writer.write_all(MARK).and_then(|()| writer.write_all(root.reveal())).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}

fn unwrap(file: &[u8], identity: &dyn age::Identity, wrong: Error) -> Result<RootKey> {
    const WHAT: &str = "the unlock file";
    let decryptor = Decryptor::new(file).map_err(|_| Error::Damaged(WHAT))?;
    let mut reader = match decryptor.decrypt(std::iter::once(identity)) {
        Ok(reader) => reader,
        Err(DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed | DecryptError::DecryptionFailed) => {
            return Err(wrong);
        }
        Err(_) => return Err(Error::Damaged(WHAT)),
    };
    let mut plain = Zeroizing::new(Vec::with_capacity(64));
    (&mut reader).take(64).read_to_end(&mut plain).map_err(|_| Error::Damaged(WHAT))?;
    let key = plain.strip_prefix(MARK).and_then(|key| <[u8; 32]>::try_from(key).ok());
    key.map(RootKey::from_bytes).ok_or(Error::Damaged(WHAT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_passphrase_is_refused_with_a_sentence_and_a_changed_file_as_damaged() {
        let root = RootKey::from_bytes([7; 32]);
        let passphrase = Secret::new("twelve or more letters");
        let file = wrap_by_passphrase(&root, &passphrase, 4).unwrap();
        assert_eq!(unwrap_by_passphrase(&file, &passphrase).unwrap().reveal(), root.reveal());
        let wrong = unwrap_by_passphrase(&file, &Secret::new("twelve or more lettres")).err().unwrap();
        assert_eq!(wrong.code(), "wrong_passphrase");
        let mut changed = file.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(unwrap_by_passphrase(&changed, &passphrase).err().unwrap().code(), "sealed_data_damaged");
        assert_eq!(
            unwrap_by_passphrase(&file[..file.len() - 9], &passphrase).err().unwrap().code(),
            "sealed_data_damaged"
        );
        assert_eq!(wrap_by_passphrase(&root, &Secret::new("short"), 4).err().unwrap().code(), "passphrase_too_short");
    }

    #[test]
    fn only_its_own_identity_opens_a_file() {
        let root = RootKey::from_bytes([9; 32]);
        let (mine, other) = (new_identity(), new_identity());
        let file = wrap_by_identity(&root, &mine).unwrap();
        assert_eq!(unwrap_by_identity(&file, &mine).unwrap().reveal(), root.reveal());
        let typed = Secret::new(format!("# my key\n  {}\n", mine.reveal().to_lowercase()));
        assert!(unwrap_by_identity(&file, &typed).is_ok());
        assert_eq!(unwrap_by_identity(&file, &other).err().unwrap().code(), "wrong_key");
        assert_eq!(unwrap_by_identity(&file, &Secret::new("AGE-SECRET-KEY-1X")).err().unwrap().code(), "key_malformed");
    }
}
