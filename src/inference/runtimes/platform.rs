//! Whether somebody else's libraries can run on this machine: its processor and its C library.

use std::env::consts::ARCH;
use std::fs;

/// Judges the platform tags of a wheel; one that fits is enough. The error says which machine it is for.
pub(super) fn fits(tags: &[String]) -> Result<(), String> {
    let platforms: Vec<&str> =
        tags.iter().filter_map(|tag| tag.rsplit('-').next()).flat_map(|p| p.split('.')).collect();
    if platforms.is_empty() {
        return Ok(());
    }
    let mut first = None;
    for platform in platforms {
        match fit(platform, ARCH, glibc()) {
            Ok(()) => return Ok(()),
            Err(why) => first = first.or(Some(why)),
        }
    }
    Err(first.unwrap_or_default())
}

fn fit(platform: &str, arch: &str, glibc: Option<(u32, u32)>) -> Result<(), String> {
    if platform == "any" {
        return Ok(());
    }
    let Some(system) = platform.strip_suffix(arch).and_then(|p| p.strip_suffix('_')) else {
        return Err(format!("it is made for {platform}, and this machine is linux_{arch}"));
    };
    let wanted = match system {
        "linux" => return Ok(()),
        "manylinux1" => (2, 5),
        "manylinux2010" => (2, 12),
        "manylinux2014" => (2, 17),
        other => other
            .strip_prefix("manylinux_")
            .and_then(version)
            .ok_or_else(|| format!("it is made for {platform}, and this machine is linux_{arch} with glibc"))?,
    };
    match glibc {
        Some(here) if here < wanted => Err(format!(
            "it needs glibc {}.{} and this machine has {}.{}; bring an older build of it, or a newer system",
            wanted.0, wanted.1, here.0, here.1
        )),
        _ => Ok(()),
    }
}

/// `2_28` or `2.28`.
fn version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once(['_', '.'])?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The C library that this process runs with, by its own words; none where it does not say.
fn glibc() -> Option<(u32, u32)> {
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    let file =
        maps.lines().filter_map(|line| line.split_whitespace().nth(5)).find(|path| path.ends_with("/libc.so.6"))?;
    let bytes = fs::read(file).ok()?;
    let said = b"stable release version ";
    let at = bytes.windows(said.len()).position(|window| window == said)? + said.len();
    let digits = bytes.get(at..)?.iter().take_while(|b| b.is_ascii_digit() || **b == b'.');
    let text: String = digits.map(|b| char::from(*b)).collect();
    version(text.trim_end_matches('.'))
}

/// Refuses what is not a 64-bit library for this processor, from its first bytes.
pub(super) fn library(head: &[u8]) -> Result<(), String> {
    let machine = match ARCH {
        "x86_64" => 62,
        "aarch64" => 183,
        _ => return Err(format!("cannot be judged on a processor of the kind {ARCH}")),
    };
    match head {
        [0x7F, b'E', b'L', b'F', 2, 1, .., kind, 0, low, high] if *kind == 3 => {
            let found = u16::from_le_bytes([*low, *high]);
            if found == machine { Ok(()) } else { Err(format!("is made for another processor than {ARCH}")) }
        }
        _ => Err("is not a Linux library of 64 bits".to_owned()),
    }
}

/// So many bytes tell what a library is.
pub(super) const HEAD: u64 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wheel_for_another_machine_or_a_newer_system_is_refused_with_both_named() {
        let here = Some((2, 36));
        for good in ["any", "linux_x86_64", "manylinux1_x86_64", "manylinux2014_x86_64", "manylinux_2_36_x86_64"] {
            assert_eq!(fit(good, "x86_64", here), Ok(()), "{good}");
        }
        assert!(fit("manylinux_2_39_x86_64", "x86_64", here).unwrap_err().contains("glibc 2.39"));
        for bad in ["win_amd64", "macosx_11_0_arm64", "manylinux_2_28_aarch64", "musllinux_1_2_x86_64"] {
            assert!(fit(bad, "x86_64", here).unwrap_err().contains(bad), "{bad}");
        }
        assert!(glibc().is_some_and(|found| found >= (2, 17)), "this machine's own");
    }
}
