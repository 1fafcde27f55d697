"""Makes the PyPI wheel of torch load on a machine without CUDA: empty stand-ins for the libraries it links but never
calls here."""

import collections
import importlib.util
import os
import re
import subprocess
import sys
import tempfile

VERSIONED = re.compile(r"\S+ (\w+)@(lib[\w.]+\.so\.\d+)$")
LOOSE = re.compile(r"^(cu[a-z]*[A-Z_]\w+|nccl\w+|nvshmem\w+|nvrtc\w+)$")
GROUPS = {"NVSHMEM": "libnvshmem_host.so.3"}


def main():
    """Compile one stand-in per missing soname; every symbol answers 100 (no device)."""
    lib = os.path.join(os.path.dirname(importlib.util.find_spec("torch").origin), "lib")
    names = [n for n in os.listdir(lib) if n.endswith(".so")]
    missing, wanted, loose = set(), collections.defaultdict(set), set()
    for name in names:
        path = os.path.join(lib, name)
        out = subprocess.run(["ldd", path], capture_output=True, text=True).stdout
        missing |= set(re.findall(r"^\s*(\S+) => not found", out, re.M))
        out = subprocess.run(["nm", "-D", "--undefined-only", path], capture_output=True, text=True).stdout
        for line in out.splitlines():
            symbol = line.split()[-1]
            base, _, version = symbol.partition("@")
            if version in GROUPS or version.startswith("lib"):
                wanted[version].add(base)
            elif not version and LOOSE.match(base):
                loose.add(base)
    for soname in sorted(missing):
        groups = [v for v in wanted if GROUPS.get(v, v) == soname]
        build(os.path.join(lib, soname), soname, {g: wanted[g] for g in groups},
            loose if soname.startswith("libnccl") else set())
    print(f"{len(missing)} stand-ins made in torch/lib")


def build(path, soname, groups, loose):
    """One shared object whose symbols carry the versions torch was linked with."""
    symbols = set(loose).union(*groups.values()) if groups else set(loose)
    code = "".join(f"int {s}(void) {{ return 100; }}\n" for s in sorted(symbols))
    script = "".join(f"{g} {{ global: {' '.join(f'{s};' for s in sorted(v))} }};\n" for g, v in groups.items())
    with tempfile.TemporaryDirectory() as folder:
        source, version = os.path.join(folder, "s.c"), os.path.join(folder, "s.map")
        open(source, "w").write(code or "int stand_in(void) { return 100; }\n")
        open(version, "w").write(script or "STAND_IN { };\n")
        command = ["gcc", "-shared", "-fPIC", "-w", "-fno-builtin", f"-Wl,-soname,{soname}", "-o", path, source]
        subprocess.run(command + ([f"-Wl,--version-script={version}"] if groups else []), check=True)


if __name__ == "__main__":
    sys.exit(main())
