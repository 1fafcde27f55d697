"""Fetches photographs for the judge and for the layer that says 'not ours': out of two PyPI packages and four of
Debian; none is committed."""

import argparse
import glob
import os
import subprocess
import sys
import tempfile

from PIL import Image

SIDE = 960
PYPI = {"scikit-image==0.26.0": "skimage/data", "scikit-learn==1.7.2": "sklearn/datasets/images"}
DEBIAN = ["lomiri-wallpapers-16.04", "lomiri-wallpapers-20.04", "mate-backgrounds", "plasma-workspace-wallpapers"]
# Those of the packages' pictures that are photographs (the rest is drawn, or a scan of something else).
NAMES = {
    "skimage/data": "astronaut brick camera chelsea coffee coins grass gravel hubble_deep_field ihc moon "
                    "motorcycle_left "
                    "retina rocket",
    "sklearn/datasets/images": "china flower",
    "lomiri-wallpapers-16.04": "Bridge_by_Sander_Klootwijk Dragonfly_by_Bolly Picture_0B_by_freespace "
                               "Picture_1A_by_freespace Wine_by_Jakkub_Mede aitzgorri_by_Aitzol_Berasategi "
                               "free_by_Peter_Nerlich friends_by_Aitzol_Berasategi greentock_by_Peter_Nerlich "
                               "life_by_Aitzol_Berasategi picosdeeuropa_by_Aitzol_Berasategi "
                               "seeding_by_Clements_Engelhardt sunset_by_Aitzol_Berasategi",
    "lomiri-wallpapers-20.04": "Kleiber_by_Lukas_Baubkus",
    "mate-backgrounds": "Aqua Blinds Dune FreshFlower Garden GreenMeadow LadyBird RainDrops Storm TwoWings Wood "
                        "YellowFlower",
    "plasma-workspace-wallpapers": "Autumn BytheWater ColdRipple ColorfulCups DarkestHour EveningGlow FallenLeaf Grey "
                                   "Kite "
                                   "OneStandsOut Path summer_1am",
}


def unpacked(folder):
    """Package or folder in it -> where it lies, for all that could be fetched."""
    found = {}
    for package, inside in PYPI.items():
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", package, "-d", folder],
            check=True)
        wheel = glob.glob(f"{folder}/{package.split('==')[0].replace('-', '_')}-*.whl")[0]
        subprocess.run([sys.executable, "-m", "zipfile", "-e", wheel, f"{folder}/{inside}"], check=True)
        found[inside] = f"{folder}/{inside}/{inside}"
    for package in DEBIAN:
        try:
            subprocess.run(["apt-get", "download", "-qq", package], cwd=folder, check=True)
            subprocess.run(["dpkg-deb", "-x", glob.glob(f"{folder}/{package}_*.deb")[0], f"{folder}/{package}"],
                check=True)
            found[package] = f"{folder}/{package}"
        except (OSError, subprocess.CalledProcessError):
            print(f"the Debian package {package} cannot be fetched here; going on without its photographs",
                file=sys.stderr)
    return found


def files_of(folder, name):
    """The files of one photograph, the largest first (plasma names a folder, the others the file)."""
    paths = glob.glob(f"{folder}/**/{name}.*", recursive=True) + glob.glob(f"{folder}/**/{name}/contents/images/*",
        recursive=True)
    return sorted((p for p in paths if p.endswith((".jpg", ".png")) and os.path.isfile(p)), key=os.path.getsize,
        reverse=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="build/photographs")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for source, place in unpacked(folder).items():
            for name in NAMES[source].split():
                path = files_of(place, name)[0]
                image = Image.open(path).convert("RGB")
                image.thumbnail((SIDE, SIDE))
                image.save(os.path.join(args.out, f"{name}.png"))
    print(f"{len(os.listdir(args.out))} photographs in {args.out}")


def kept_apart(files):
    """Every third photograph: never learned from, so that the judge may ask about it."""
    return files[::3]


def learned(files):
    """The others."""
    return [file for number, file in enumerate(files) if number % 3]


if __name__ == "__main__":
    main()
