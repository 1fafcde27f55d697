//! The sizes in which references enter FLUX Kontext and DreamOmni2.

use crate::base::units::Size;
use crate::inference::error::Result;
use crate::inference::packages::Package;

/// Kontext's own: about a megapixel, from tall to wide.
const USUAL: [(u32, u32); 17] = [
    (672, 1568),
    (688, 1504),
    (720, 1456),
    (752, 1392),
    (800, 1328),
    (832, 1248),
    (880, 1184),
    (944, 1104),
    (1024, 1024),
    (1104, 944),
    (1184, 880),
    (1248, 832),
    (1328, 800),
    (1392, 752),
    (1456, 720),
    (1504, 688),
    (1568, 672),
];

/// Those that the package lists, else its family's; none where references stay as they are.
pub(crate) fn of(package: &Package) -> Result<Vec<Size>> {
    let usual = || if package.info.family == "dreamomni2" { usual() } else { Vec::new() };
    Ok(package.manifest.bucket_sizes()?.unwrap_or_else(usual))
}

fn usual() -> Vec<Size> {
    USUAL.iter().map(|(width, height)| Size::new(*width, *height)).collect()
}

/// The bucket of the nearest shape. Without a list, a size of whole tokens stays as it is.
pub(crate) fn enter(picture: Size, buckets: &[Size], multiple: u32) -> Size {
    let whole = picture.width.is_multiple_of(multiple) && picture.height.is_multiple_of(multiple);
    if buckets.is_empty() && whole {
        return picture;
    }
    let usual = usual();
    let shape = |s: &Size| f64::from(s.width) / f64::from(s.height.max(1));
    // Without a list as Kontext's own pipeline, which cuts sides to whole tokens before it compares shapes.
    let side = |pixels: u32| if buckets.is_empty() { (pixels - pixels % multiple).max(multiple) } else { pixels };
    let wanted = shape(&Size::new(side(picture.width), side(picture.height)));
    let list = if buckets.is_empty() { &usual } else { buckets };
    let nearest = list.iter().min_by(|a, b| (shape(a) - wanted).abs().total_cmp(&(shape(b) - wanted).abs()));
    nearest.copied().unwrap_or(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_enters_in_the_nearest_shape() {
        let enter = |w, h, list: &[Size]| enter(Size::new(w, h), list, 16).to_string();
        assert_eq!(enter(3000, 2000, &usual()), "1248x832");
        assert_eq!(enter(100, 1000, &usual()), "672x1568");
        assert_eq!(enter(64, 48, &[]), "64x48");
        assert_eq!(enter(65, 65, &[]), "1024x1024");
        assert_eq!(enter(65, 47, &[]), "1456x720");
        assert_eq!(enter(65, 47, &usual()), "1184x880");
        assert_eq!(enter(9, 7, &[]), "1024x1024");
        assert_eq!(enter(64, 48, &[Size::new(32, 32), Size::new(80, 64)]), "80x64");
    }
}
