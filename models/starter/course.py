"""A course of training: the model, its running average and its optimizer go step by step and are kept in a file, so a
stop loses nothing."""

import os
import time

import numpy as np
import torch

KEEP_EVERY, AVERAGE_EVERY = 500, 4


class Course:
    """Goes on where the file says; without a file, from the start."""

    def __init__(self, model, path, steps, rate, decay, memory):
        self.model, self.path, self.steps, self.rate, self.step = model, path, steps, rate, 0
        average = torch.optim.swa_utils.get_ema_multi_avg_fn(memory)
        self.average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=average, use_buffers=True)
        self.learner = torch.optim.AdamW(model.parameters(), lr=rate, betas=(.9, .98), weight_decay=decay)
        if os.path.exists(path):
            saved = torch.load(path, weights_only=True)
            self.step = saved["step"]
            model.load_state_dict(saved["model"])
            self.average.load_state_dict(saved["average"])
            self.learner.load_state_dict(saved["optimizer"])

    def run(self, loss_of_step, report=100):
        """Take every step that is left; `loss_of_step` is called without arguments."""
        losses = []
        while self.step < self.steps:
            loss = loss_of_step()
            self.learner.param_groups[0]["lr"] = self.rate * pace(self.step, self.steps)
            self.learner.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.learner.step()
            if self.step % AVERAGE_EVERY == 0:
                self.average.update_parameters(self.model)
            losses.append(loss.item())
            self.step += 1
            if self.step % report == 0:
                spent = time.process_time()
                print(f"step {self.step} loss {np.mean(losses[-report:]):.4f} {spent:.0f} core-seconds", flush=True)
            if self.step % KEEP_EVERY == 0 or self.step == self.steps:
                self.keep()

    def keep(self):
        """Write the checkpoint beside the old one, then put it in its place."""
        os.makedirs(os.path.dirname(self.path) or ".", exist_ok=True)
        parts = {"model": self.model, "average": self.average, "optimizer": self.learner}
        torch.save({**{name: part.state_dict() for name, part in parts.items()}, "step": self.step}, self.path + ".new")
        os.replace(self.path + ".new", self.path)


def pace(step, steps):
    """Learning rate factor: short warm-up, flat, cosine to nothing over the last 60 %."""
    if step < 200:
        return (step + 1) / 200
    done = max(0.0, (step / steps - .4) / .6)
    return float(.5 * (1 + np.cos(np.pi * min(1, done))) + 1e-3)
