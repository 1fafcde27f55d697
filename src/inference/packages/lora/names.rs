//! How LoRA files and graphs spell a model's layers: diffusers', kohya's, and the models' first repositories.
//!
//! One spelling is compared: diffusers' path inside the model, with `_` in place of every dot.

/// Which of a package's networks a layer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Part {
    /// The network that takes the noise away.
    Denoiser,
    Text,
    SecondText,
}

/// Where a name says that its layer is; the first that fits counts.
const PREFIXES: [(&str, Part); 11] = [
    ("model.diffusion_model.", Part::Denoiser),
    ("diffusion_model.", Part::Denoiser),
    ("transformer.", Part::Denoiser),
    ("unet.", Part::Denoiser),
    ("text_encoder_2.", Part::SecondText),
    ("text_encoder.", Part::Text),
    ("lora_unet_", Part::Denoiser),
    ("lora_transformer_", Part::Denoiser),
    ("lora_te2_", Part::SecondText),
    ("lora_te1_", Part::Text),
    ("lora_te_", Part::Text),
];

/// Modules around the network that only an exporter or a trainer put there.
const WRAPPERS: [&str; 7] = ["model", "unet", "transformer", "text_encoder", "text_model", "module", "_orig_mod"];

/// The layers that a LoRA's layer changes. Several where the first repository keeps as one what diffusers keeps
/// apart: their rows follow each other.
pub(in super::super) fn layers(name: &str) -> (Part, Vec<String>) {
    let mut name = name.replace(".processor.", ".");
    while let Some(inner) = name.strip_prefix("base_model.model.") {
        name = inner.to_owned();
    }
    let found = PREFIXES.iter().find_map(|(prefix, part)| Some((*part, name.strip_prefix(prefix)?)));
    let (part, inside) = found.unwrap_or((Part::Denoiser, &name));
    let inside = inside.replace('.', "_");
    let inside = inside.strip_prefix("text_model_").unwrap_or(&inside);
    let first = if part == Part::Denoiser { of_flux(inside).or_else(|| of_unet(inside)) } else { None };
    (part, first.unwrap_or_else(|| vec![inside.to_owned()]))
}

/// A path as a graph has it (`unet.down_blocks.0.conv`), in the spelling that is compared.
pub(super) fn of_graph(path: &str) -> String {
    let parts: Vec<&str> = path.split('.').filter(|p| !p.is_empty()).collect();
    let wrapped = parts.iter().take_while(|p| WRAPPERS.contains(p)).count();
    parts.get(wrapped..).unwrap_or_default().join("_")
}

/// `STEM_7_REST` in three: the number and what follows.
fn numbered<'a>(name: &'a str, stem: &str) -> Option<(usize, &'a str)> {
    let (number, rest) = name.strip_prefix(stem)?.strip_prefix('_')?.split_once('_')?;
    Some((number.parse().ok()?, rest))
}

/// FLUX as Black Forest Labs wrote it.
fn of_flux(name: &str) -> Option<Vec<String>> {
    if let Some((block, inner)) = numbered(name, "double_blocks") {
        let names: &[&str] = match inner {
            "img_attn_qkv" => &["attn_to_q", "attn_to_k", "attn_to_v"],
            "txt_attn_qkv" => &["attn_add_q_proj", "attn_add_k_proj", "attn_add_v_proj"],
            "img_attn_proj" => &["attn_to_out_0"],
            "txt_attn_proj" => &["attn_to_add_out"],
            "img_mlp_0" => &["ff_net_0_proj"],
            "img_mlp_2" => &["ff_net_2"],
            "txt_mlp_0" => &["ff_context_net_0_proj"],
            "txt_mlp_2" => &["ff_context_net_2"],
            "img_mod_lin" => &["norm1_linear"],
            "txt_mod_lin" => &["norm1_context_linear"],
            _ => return None,
        };
        return Some(names.iter().map(|n| format!("transformer_blocks_{block}_{n}")).collect());
    }
    if let Some((block, inner)) = numbered(name, "single_blocks") {
        let names: &[&str] = match inner {
            "linear1" => &["attn_to_q", "attn_to_k", "attn_to_v", "proj_mlp"],
            "linear2" => &["proj_out"],
            "modulation_lin" => &["norm_linear"],
            _ => return None,
        };
        return Some(names.iter().map(|n| format!("single_transformer_blocks_{block}_{n}")).collect());
    }
    let layer = match name {
        "img_in" => "x_embedder",
        "txt_in" => "context_embedder",
        "time_in_in_layer" => "time_text_embed_timestep_embedder_linear_1",
        "time_in_out_layer" => "time_text_embed_timestep_embedder_linear_2",
        "vector_in_in_layer" => "time_text_embed_text_embedder_linear_1",
        "vector_in_out_layer" => "time_text_embed_text_embedder_linear_2",
        "guidance_in_in_layer" => "time_text_embed_guidance_embedder_linear_1",
        "guidance_in_out_layer" => "time_text_embed_guidance_embedder_linear_2",
        "final_layer_linear" => "proj_out",
        _ => return None,
    };
    Some(vec![layer.to_owned()])
}

/// The network of Stable Diffusion and SDXL as it was first written: blocks counted through, three a stage.
fn of_unet(name: &str) -> Option<Vec<String>> {
    let resnet = |inner: &str| match inner {
        "in_layers_2" => Some("conv1"),
        "emb_layers_1" => Some("time_emb_proj"),
        "out_layers_3" => Some("conv2"),
        "skip_connection" => Some("conv_shortcut"),
        _ => None,
    };
    let layer = match name {
        "time_embed_0" => "time_embedding_linear_1".to_owned(),
        "time_embed_2" => "time_embedding_linear_2".to_owned(),
        "label_emb_0_0" => "add_embedding_linear_1".to_owned(),
        "label_emb_0_2" => "add_embedding_linear_2".to_owned(),
        "input_blocks_0_0" => "conv_in".to_owned(),
        "out_2" => "conv_out".to_owned(),
        _ => {
            if let Some((part, inner)) = numbered(name, "middle_block") {
                match part {
                    1 => format!("mid_block_attentions_0_{inner}"),
                    _ => format!("mid_block_resnets_{}_{}", part / 2, resnet(inner)?),
                }
            } else if let Some((block, rest)) = numbered(name, "input_blocks") {
                let (stage, place) = (block.checked_sub(1)? / 3, (block - 1) % 3);
                match rest.split_once('_')? {
                    ("0", "op") => format!("down_blocks_{stage}_downsamplers_0_conv"),
                    ("0", inner) => format!("down_blocks_{stage}_resnets_{place}_{}", resnet(inner)?),
                    (_, inner) => format!("down_blocks_{stage}_attentions_{place}_{inner}"),
                }
            } else {
                let (block, rest) = numbered(name, "output_blocks")?;
                let (stage, place) = (block / 3, block % 3);
                match rest.split_once('_')? {
                    ("0", inner) => format!("up_blocks_{stage}_resnets_{place}_{}", resnet(inner)?),
                    (_, "conv") => format!("up_blocks_{stage}_upsamplers_0_conv"),
                    (_, inner) => format!("up_blocks_{stage}_attentions_{place}_{inner}"),
                }
            }
        }
    };
    Some(vec![layer])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_layer_leads_to_the_same_one() {
        let to_q = "down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q";
        for name in [
            "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q",
            "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.processor.to_q",
            "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q",
            "lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q",
        ] {
            assert_eq!(layers(name), (Part::Denoiser, vec![to_q.to_owned()]), "{name}");
        }
        assert_eq!(of_graph("unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"), to_q);
        for name in [
            "text_encoder.text_model.encoder.layers.3.mlp.fc1",
            "lora_te_text_model_encoder_layers_3_mlp_fc1",
            "lora_te1_text_model_encoder_layers_3_mlp_fc1",
        ] {
            assert_eq!(layers(name), (Part::Text, vec![of_graph("model.encoder.layers.3.mlp.fc1")]), "{name}");
        }
        let (_, fused) = layers("lora_unet_double_blocks_7_img_attn_qkv");
        let (_, plain) = layers("transformer.transformer_blocks.7.attn.to_q");
        assert_eq!((fused.len(), fused.first()), (3, plain.first()));
        let (_, single) = layers("diffusion_model.single_blocks.0.linear1");
        assert_eq!(single.last().map(String::as_str), Some("single_transformer_blocks_0_proj_mlp"));
    }
}
