//! How exporters spell the inputs and outputs of graphs: ours, diffusers' by hand, and optimum's.

pub(crate) type Spellings = &'static [&'static str];

pub(crate) const IDS: Spellings = &["input_ids", "tokens"];
pub(crate) const TEXT_MASK: Spellings = &["attention_mask", "encoder_attention_mask"];
pub(crate) const TEXT_HIDDEN: Spellings = &["last_hidden_state", "hidden_states", "prompt_embeds"];
pub(crate) const POOLED: Spellings = &["text_embeds", "pooler_output", "pooled_output", "pooled_projections"];
pub(crate) const PENULTIMATE: Spellings = &["penultimate_hidden_state", "penultimate_hidden_states"];
pub(crate) const SAMPLE: Spellings = &["sample", "latent_model_input", "x"];
pub(crate) const TIMESTEP: Spellings = &["timestep", "timesteps", "t"];
/// The guidance, for distilled models.
pub(crate) const TIMESTEP_COND: Spellings = &["timestep_cond"];
pub(crate) const WORDS: Spellings = &["encoder_hidden_states", "context"];
pub(crate) const OUT_SAMPLE: Spellings = &["out_sample", "noise_pred", "sample_out", "output"];
pub(crate) const ADDED_TEXT: Spellings = &["text_embeds", "added_cond_kwargs.text_embeds"];
pub(crate) const ADDED_TIMES: Spellings = &["time_ids", "added_cond_kwargs.time_ids"];
pub(crate) const HIDDEN: Spellings = &["hidden_states", "x"];
pub(crate) const POOLED_IN: Spellings = &["pooled_projections", "pooled_prompt_embeds"];
pub(crate) const IMAGE_IDS: Spellings = &["img_ids", "image_ids"];
pub(crate) const TEXT_IDS: Spellings = &["txt_ids", "text_ids"];
pub(crate) const GUIDANCE: Spellings = &["guidance"];
pub(crate) const OUT_HIDDEN: Spellings = &["out_hidden_states", "out_sample", "velocity", "output"];
pub(crate) const LATENT: Spellings = &["latent_sample", "latents", "z"];
pub(crate) const PIXELS: Spellings = &["sample", "images", "image"];
pub(crate) const LATENT_FROM_PIXELS: Spellings = &["latent_parameters", "latent_sample", "latents", "moments"];

pub(crate) const WORDS_MASK: Spellings = &["encoder_attention_mask", "attention_mask", "prompt_attention_mask"];
pub(crate) const VIDEO_COORDS: Spellings = &["video_coords", "indices_grid"];
pub(crate) const LATENT_FRAMES: Spellings = &["num_frames", "latent_num_frames"];
pub(crate) const ROPE_SCALE: Spellings = &["rope_interpolation_scale"];
pub(crate) const DECODE_TIMESTEP: Spellings = &["timestep", "temb", "decode_timestep"];

pub(crate) const EMBEDS: Spellings = &["inputs_embeds"];
pub(crate) const PLACES: Spellings = &["position_ids"];
pub(crate) const LOGITS: Spellings = &["logits"];
pub(crate) const PIXEL_VALUES: Spellings = &["pixel_values"];
pub(crate) const GRID: Spellings = &["image_grid_thw", "grid_thw"];
pub(crate) const FEATURES: Spellings = &["image_features", "image_embeds"];

/// One graph of a family and what it must have.
pub(crate) struct Expected {
    pub(crate) folder: &'static str,
    pub(crate) needed: bool,
    pub(crate) inputs: &'static [Spellings],
    pub(crate) outputs: &'static [Spellings],
}

const fn graph(folder: &'static str, inputs: &'static [Spellings], outputs: &'static [Spellings]) -> Expected {
    Expected { folder, needed: true, inputs, outputs }
}

const VAE_DECODER: Expected = graph("vae_decoder", &[LATENT], &[PIXELS]);
/// Only needed where a picture goes in.
const VAE_ENCODER: Expected =
    Expected { folder: "vae_encoder", needed: false, inputs: &[PIXELS], outputs: &[LATENT_FROM_PIXELS] };

const SCENE: [Expected; 4] = [
    graph("text_encoder", &[IDS], &[TEXT_HIDDEN]),
    graph("transformer", &[HIDDEN, IMAGE_IDS, WORDS, TIMESTEP], &[OUT_HIDDEN]),
    graph("vae_encoder", &[PIXELS], &[LATENT_FROM_PIXELS]),
    graph("vae_decoder", &[LATENT, &["height"], &["width"]], &[PIXELS]),
];

const STABLE_DIFFUSION: [Expected; 4] = [
    graph("text_encoder", &[IDS], &[TEXT_HIDDEN]),
    graph("unet", &[SAMPLE, TIMESTEP, WORDS], &[OUT_SAMPLE]),
    VAE_ENCODER,
    VAE_DECODER,
];

const STABLE_DIFFUSION_XL: [Expected; 4] = [
    graph("text_encoder_2", &[IDS], &[POOLED]),
    graph("unet", &[SAMPLE, TIMESTEP, WORDS, ADDED_TEXT, ADDED_TIMES], &[OUT_SAMPLE]),
    VAE_ENCODER,
    VAE_DECODER,
];

const fn flux_transformer(folder: &'static str, needed: bool) -> Expected {
    let inputs = &[HIDDEN, WORDS, POOLED_IN, TIMESTEP, IMAGE_IDS, TEXT_IDS];
    Expected { folder, needed, inputs, outputs: &[OUT_HIDDEN] }
}

const FLUX: [Expected; 7] = [
    graph("text_encoder", &[IDS], &[POOLED]),
    graph("text_encoder_2", &[IDS], &[TEXT_HIDDEN]),
    flux_transformer("transformer", true),
    flux_transformer("transformer_edit", false),
    flux_transformer("transformer_generation", false),
    VAE_ENCODER,
    VAE_DECODER,
];

/// Its one input and one output may be called anything.
const UPSCALER: [Expected; 1] = [graph("upscaler", &[], &[])];

const LTX_VIDEO: [Expected; 4] = [
    graph("text_encoder", &[IDS], &[TEXT_HIDDEN]),
    graph("transformer", &[HIDDEN, WORDS, TIMESTEP], &[OUT_HIDDEN]),
    VAE_ENCODER,
    VAE_DECODER,
];

/// What a model that rewrites prompts has besides.
pub(crate) const REWRITER: [Expected; 3] = [
    graph("rewriter/vision_encoder", &[PIXEL_VALUES, GRID], &[FEATURES]),
    graph("rewriter/embed_tokens", &[IDS], &[EMBEDS]),
    graph("rewriter/decoder", &[EMBEDS, PLACES, &["past_key_values.0.key"]], &[LOGITS, &["present.0.key"]]),
];

pub(crate) fn expected(family: &str) -> &'static [Expected] {
    match family {
        "scene" => &SCENE,
        "stable_diffusion" => &STABLE_DIFFUSION,
        "stable_diffusion_xl" => &STABLE_DIFFUSION_XL,
        "ltx_video" => &LTX_VIDEO,
        "upscaler" => &UPSCALER,
        _ => &FLUX,
    }
}
