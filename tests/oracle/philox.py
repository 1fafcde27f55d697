"""The studio's own noise (Philox 4x32-10, Box and Muller), for schedulers that draw some at every step."""
import numpy as np
import torch


def normal(seed, stream, shape):
    count = int(np.prod(shape))
    blocks = np.arange((count + 3) // 4, dtype=np.uint64)
    mask = np.uint64(0xFFFFFFFF)
    c = [blocks & mask, blocks >> np.uint64(32), np.full_like(blocks, stream), np.zeros_like(blocks)]
    k = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        even, odd = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(odd >> np.uint64(32)) ^ c[1] ^ np.uint64(k[0]), odd & mask, (even >> np.uint64(32)) ^ c[3] ^ np.uint64(k[1]), even & mask]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    out = np.empty((len(blocks), 4))
    for pair in (0, 2):
        u, v = (c[pair] + 0.5) / 2.0**32, c[pair + 1] / 2.0**32
        radius, angle = np.sqrt(-2 * np.log(u)), v * 2 * np.pi
        out[:, pair], out[:, pair + 1] = radius * np.cos(angle), radius * np.sin(angle)
    return torch.from_numpy(out.reshape(-1)[:count].reshape(shape).astype(np.float32))
