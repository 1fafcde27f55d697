//! `NumPy`'s `.npy` files: how latents and reference pictures travel between this program and others.

use super::error::{Error, Result};
use super::latents::Latents;

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// Reads an array of float16, float32 or float64 in C order; `file` names it in the error.
pub fn read(file: &str, bytes: &[u8]) -> Result<Latents> {
    parse(bytes).map_err(|detail| Error::FileMalformed { file: file.to_owned(), detail })
}

/// Format 1.0, little end first, float32.
pub fn write(latents: &Latents) -> Vec<u8> {
    let sides: Vec<String> = latents.shape.iter().map(usize::to_string).collect();
    // A tuple of one is written with its comma.
    let shape = if sides.len() == 1 { format!("{},", sides.concat()) } else { sides.join(", ") };
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}");
    // Magic, version and length are 10 bytes; the whole head is a multiple of 64 and ends with a line break.
    let room = (10 + header.len() + 1).next_multiple_of(64) - 10;
    header.push_str(&" ".repeat(room - header.len() - 1));
    header.push('\n');
    let mut out = MAGIC.to_vec();
    out.extend([1, 0]);
    out.extend((header.len() as u16).to_le_bytes());
    out.extend(header.as_bytes());
    out.extend(latents.values.iter().flat_map(|v| v.to_le_bytes()));
    out
}

fn parse(bytes: &[u8]) -> Result<Latents, String> {
    let no = || "it is not a NumPy file (.npy)".to_owned();
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(no)?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(no)?;
    let (length, rest) = match version[0] {
        1 => rest.split_first_chunk::<2>().map(|(n, r)| (usize::from(u16::from_le_bytes(*n)), r)),
        2 | 3 => rest.split_first_chunk::<4>().map(|(n, r)| (u32::from_le_bytes(*n) as usize, r)),
        _ => None,
    }
    .ok_or_else(no)?;
    let (header, data) = rest.split_at_checked(length).ok_or_else(no)?;
    let header = std::str::from_utf8(header).map_err(|_| no())?;
    if field(header, "fortran_order").is_none_or(|v| !v.starts_with("False")) {
        return Err("its numbers are in Fortran order; save it with numpy.ascontiguousarray".to_owned());
    }
    let kind = field(header, "descr").ok_or_else(no)?;
    let values = values(kind.trim_matches(['\'', '"']), data)?;
    let shape = shape(header).ok_or_else(no)?;
    let many = values.len();
    Latents::new(shape, values).ok_or_else(|| format!("its shape does not fit its {many} numbers"))
}

/// The text behind `'name':`, up to the next comma.
fn field<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let at = header.find(&format!("'{name}'"))?;
    let (_, behind) = header.get(at..)?.split_once(':')?;
    Some(behind.split([',', '}']).next()?.trim())
}

fn shape(header: &str) -> Option<Vec<usize>> {
    let at = header.find("'shape'")?;
    let (_, behind) = header.get(at..)?.split_once('(')?;
    let (inside, _) = behind.split_once(')')?;
    let sides: Option<Vec<usize>> =
        inside.split(',').map(str::trim).filter(|n| !n.is_empty()).map(|n| n.parse().ok()).collect();
    // A product that overflows is no shape.
    sides.filter(|s| s.iter().try_fold(1_usize, |all, n| all.checked_mul(*n)).is_some())
}

fn values(kind: &str, data: &[u8]) -> Result<Vec<f32>, String> {
    match kind {
        "<f4" => Ok(data.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()),
        "<f8" => Ok(data.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b) as f32).collect()),
        "<f2" => Ok(data.as_chunks::<2>().0.iter().map(|b| half::f16::from_le_bytes(*b).to_f32()).collect()),
        other => Err(format!("its numbers are of the kind {other}; save them as float32")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_survives_its_file_and_a_garbled_one_is_refused() {
        for shape in [vec![3], vec![1, 2, 3], vec![]] {
            let count = shape.iter().product();
            let latents = Latents::new(shape, (0..count).map(|n| n as f32 - 0.5).collect::<Vec<_>>()).unwrap();
            let file = write(&latents);
            assert_eq!((file.len() - latents.values.len() * 4) % 64, 0);
            assert_eq!(read("a", &file).unwrap(), latents);
        }
        let file = write(&Latents::zeros([4]));
        for bad in [&file[..9], &file[..file.len() - 4], b"PK", &[]] {
            assert_eq!(read("a.npy", bad).unwrap_err().code(), "package_file_malformed");
        }
    }
}
