"""The graphs of one picture and nothing else, by ONNX Runtime: ten steps and the decoder, texts encoded before.

    python tests/bench/bare.py PACKAGE flux|sd

prints the seconds of one picture and the most memory of this process; engines.py compares with it."""
import json
import os
import pathlib
import sys
import time

import numpy as np
import onnxruntime

STEPS, SIDE = 10, 256


class Bare:
    def __init__(self, out, is_flux):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = os.cpu_count()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.step = onnxruntime.InferenceSession(out / ("transformer" if is_flux else "unet") / "model.onnx", options)
        self.decoder = onnxruntime.InferenceSession(out / "vae_decoder" / "model.onnx", options)
        side, rng = SIDE // 8, np.random.default_rng(1)
        random = lambda *shape: rng.standard_normal(shape, dtype=np.float32)  # noqa: E731
        if is_flux:
            count = (side // 2) ** 2
            self.feed = {"hidden_states": random(1, count, 64), "encoder_hidden_states": random(1, 512, 256), "pooled_projections": random(1, 256),
                         "timestep": np.ones(1, np.float32), "img_ids": np.zeros((count, 3), np.float32), "txt_ids": np.zeros((512, 3), np.float32),
                         "guidance": np.full(1, 3.5, np.float32)}
        else:
            self.feed = {"sample": random(2, 4, side, side), "timestep": np.array(7.0, np.float32), "encoder_hidden_states": random(2, 77, 256)}
        self.latents = {"latent_sample": random(1, 16 if is_flux else 4, side, side)}

    def run(self):
        began = time.perf_counter()
        for _ in range(STEPS):
            self.step.run(None, self.feed)
        self.decoder.run(None, self.latents)
        return time.perf_counter() - began


def high_water(pid):
    """The most memory the process ever had, in MB; 0 when it has ended."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2]
    return int(status.split()[0]) / 1024 if status else 0


if __name__ == "__main__":
    graphs = Bare(pathlib.Path(sys.argv[1]), sys.argv[2] == "flux")
    seconds = [graphs.run() for _ in range(3)]
    print(json.dumps({"seconds": min(seconds), "peak_megabytes": round(high_water(os.getpid()))}))
