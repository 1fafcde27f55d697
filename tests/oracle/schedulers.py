"""Writes tests/data/numbers/schedulers.json: walks of diffusers' schedulers over eight numbers, step by step.

What the denoiser says is drawn at random and written down, so that each step is compared on its own and all of them
as one walk. Noise that a scheduler draws is caught and written down too."""
import json, pathlib, sys
import numpy as np, torch, diffusers
from diffusers.schedulers import *

out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/numbers/schedulers.json")
SD = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
XL = dict(SD, timestep_spacing="leading", steps_offset=1)

CASES = [
    (EulerDiscreteScheduler, dict(SD), [1, 5, 20]),
    (EulerDiscreteScheduler, dict(XL), [7]),
    (EulerDiscreteScheduler, dict(SD, prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True), [6]),
    (EulerDiscreteScheduler, dict(SD, use_karras_sigmas=True), [8]),
    (EulerDiscreteScheduler, dict(SD, use_exponential_sigmas=True, final_sigmas_type="sigma_min"), [8]),
    (EulerDiscreteScheduler, dict(beta_schedule="squaredcos_cap_v2", prediction_type="sample"), [5]),
    (EulerAncestralDiscreteScheduler, dict(SD), [6]),
    (EulerAncestralDiscreteScheduler, dict(XL, prediction_type="v_prediction"), [5]),
    (DDIMScheduler, dict(SD, clip_sample=False, set_alpha_to_one=False, steps_offset=1), [1, 10]),
    (DDIMScheduler, dict(), [7]),
    (DDIMScheduler, dict(SD, prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True, clip_sample=False), [6]),
    (DDIMScheduler, dict(SD, prediction_type="sample", timestep_spacing="linspace", clip_sample=False), [6]),
    (DPMSolverMultistepScheduler, dict(SD), [1, 2, 8, 20]),
    (DPMSolverMultistepScheduler, dict(SD, use_karras_sigmas=True), [6, 17]),
    (DPMSolverMultistepScheduler, dict(XL, solver_type="heun"), [7]),
    (DPMSolverMultistepScheduler, dict(SD, solver_order=1, final_sigmas_type="sigma_min"), [5]),
    (DPMSolverMultistepScheduler, dict(SD, algorithm_type="sde-dpmsolver++", use_karras_sigmas=True), [6]),
    (DPMSolverMultistepScheduler, dict(SD, algorithm_type="sde-dpmsolver++", solver_type="heun"), [6]),
    (DPMSolverMultistepScheduler, dict(SD, prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True), [8]),
    (DPMSolverMultistepScheduler, dict(beta_schedule="squaredcos_cap_v2", lambda_min_clipped=-5.1), [6]),
    (DPMSolverMultistepScheduler, dict(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0), [6]),
    (LCMScheduler, dict(), [1, 4, 7]),
    (LCMScheduler, dict(prediction_type="v_prediction", clip_sample=True, original_inference_steps=40), [3]),
    (UniPCMultistepScheduler, dict(SD), [1, 2, 3, 9]),
    (UniPCMultistepScheduler, dict(SD, solver_order=3), [9]),
    (UniPCMultistepScheduler, dict(XL, solver_type="bh1", final_sigmas_type="sigma_min"), [6]),
    (UniPCMultistepScheduler, dict(SD, solver_order=3, solver_type="bh1", predict_x0=False, final_sigmas_type="sigma_min"), [7]),
    (UniPCMultistepScheduler, dict(SD, use_karras_sigmas=True, prediction_type="v_prediction", disable_corrector=[0, 2]), [6]),
    (UniPCMultistepScheduler, dict(SD, use_karras_sigmas=True, final_sigmas_type="sigma_min", lower_order_final=False), [6]),
    (UniPCMultistepScheduler, dict(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0), [6]),
    (HeunDiscreteScheduler, dict(SD), [1, 5]),
    (HeunDiscreteScheduler, dict(SD, use_karras_sigmas=True, prediction_type="v_prediction"), [5]),
    (HeunDiscreteScheduler, dict(clip_sample=True, timestep_spacing="trailing"), [4]),
    (PNDMScheduler, dict(SD, skip_prk_steps=True, steps_offset=1), [1, 2, 7]),
    (PNDMScheduler, dict(SD, skip_prk_steps=True, prediction_type="v_prediction", timestep_spacing="trailing", set_alpha_to_one=True), [6]),
    (FlowMatchEulerDiscreteScheduler, dict(), [1, 5]),
    (FlowMatchEulerDiscreteScheduler, dict(shift=3.0), [6]),
    (FlowMatchEulerDiscreteScheduler, dict(use_dynamic_shifting=True, base_shift=0.5, max_shift=1.15), [1, 6]),
    (FlowMatchEulerDiscreteScheduler, dict(use_dynamic_shifting=True, shift_terminal=0.1, time_shift_type="linear"), [6]),
    # Their timesteps are cut to whole numbers: how logarithms are rounded decides on the first one.
    (DPMSolverMultistepScheduler, dict(SD, use_exponential_sigmas=True), [1, 8]),
    (UniPCMultistepScheduler, dict(SD, use_exponential_sigmas=True), [2, 6]),
]

rng = np.random.default_rng(11)
noises = []


def caught(shape, generator=None, device=None, dtype=None, **_):
    noise = torch.from_numpy(rng.standard_normal(tuple(shape)).astype(np.float32))
    noises.append(noise.flatten().tolist())
    return noise


for name in dir(diffusers.schedulers):
    module = sys.modules.get(getattr(getattr(diffusers.schedulers, name), "__module__", ""))
    if module is not None and hasattr(module, "randn_tensor"):
        module.randn_tensor = caught

cases = []
for cls, config, all_steps in CASES:
    for steps in all_steps:
        scheduler = cls(**config)
        case = {"config": dict(config, _class_name=cls.__name__), "steps": steps, "tokens": None}
        if config.get("use_dynamic_shifting"):
            # As FLUX pipelines call it.
            from diffusers.pipelines.flux.pipeline_flux import calculate_shift
            case["tokens"] = 1024
            mu = calculate_shift(1024, scheduler.config.base_image_seq_len, scheduler.config.max_image_seq_len,
                                 scheduler.config.base_shift, scheduler.config.max_shift)
            scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps), mu=mu)
        else:
            scheduler.set_timesteps(steps)
        sample = torch.from_numpy(rng.standard_normal((1, 2, 2, 2)).astype(np.float32))
        initial = float(getattr(scheduler, "init_noise_sigma", 1.0))
        sample = sample * initial
        case.update(timesteps=scheduler.timesteps.tolist(), initial=initial, start=sample.flatten().tolist(),
                    scales=[], said=[], samples=[], noises=[])
        noises.clear()
        for t in scheduler.timesteps:
            scaled = scheduler.scale_model_input(sample, t) if hasattr(scheduler, "scale_model_input") else sample
            case["scales"].append(float((scaled / sample).mean()))
            said = torch.from_numpy(rng.standard_normal(sample.shape).astype(np.float32))
            case["said"].append(said.flatten().tolist())
            sample = scheduler.step(said, t, sample, return_dict=False)[0]
            case["samples"].append(sample.flatten().tolist())
        case["noises"] = list(noises)
        # Beginning in the middle, from a picture.
        begin = len(scheduler.timesteps) // 2
        if not config.get("use_dynamic_shifting") and cls is not FlowMatchEulerDiscreteScheduler:
            one = torch.ones(1, 1, 1, 1)
            fresh = cls(**config)
            fresh.set_timesteps(steps)
            fresh.set_begin_index(begin) if hasattr(fresh, "set_begin_index") else None
            t = fresh.timesteps[begin:begin + 1]
            case["begin"] = begin
            case["mixture"] = [float(fresh.add_noise(one, one * 0, t)), float(fresh.add_noise(one * 0, one, t))]
        cases.append(case)


out.parent.mkdir(parents=True, exist_ok=True)


def write(value):
    if isinstance(value, bool) or value is None or isinstance(value, (int, str)):
        return json.dumps(value)
    if isinstance(value, float):
        return f"{value:.9g}" if np.isfinite(value) else "null"
    if isinstance(value, list):
        return "[" + ",".join(write(v) for v in value) + "]"
    return "{" + ",".join(json.dumps(k) + ":" + (json.dumps(v) if k == "config" else write(v)) for k, v in value.items()) + "}"


out.write_text("[\n" + ",\n".join(write(c) for c in cases) + "\n]\n")
print(len(cases), "cases,", out.stat().st_size, "bytes")
