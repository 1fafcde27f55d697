//! What a video VAE's own config says: how far it compresses space and time, and how its latents are scaled.

use serde::Deserialize;

use crate::inference::error::{Error, Result};

use super::files::{Files, VAE_CONFIGS};

/// LTX-Video's, with the defaults of its class.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    latent_channels: Option<usize>,
    patch_size: Option<u32>,
    patch_size_t: Option<u32>,
    spatio_temporal_scaling: Option<Vec<bool>>,
    spatial_compression_ratio: Option<u32>,
    temporal_compression_ratio: Option<u32>,
    scaling_factor: Option<f32>,
    latents_mean: Option<Vec<f32>>,
    latents_std: Option<Vec<f32>>,
    timestep_conditioning: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct VideoVaeFacts {
    pub(crate) channels: usize,
    /// Pixels to one latent, on each side.
    pub(crate) space: u32,
    /// Frames to one latent, after the first, which has its own.
    pub(crate) time: u32,
    pub(crate) scaling: f32,
    /// Of each channel.
    pub(crate) mean: Vec<f32>,
    pub(crate) deviation: Vec<f32>,
    /// The decoder is told how much noise is left.
    pub(crate) timed: bool,
}

impl VideoVaeFacts {
    pub(crate) fn of(files: &Files) -> Result<Self> {
        let told = VAE_CONFIGS.into_iter().find(|f| files.has(f));
        let config: Config = told.map_or_else(|| Ok(Config::default()), |file| files.json(file))?;
        let malformed = |detail: &str| Error::FileMalformed {
            file: told.unwrap_or("vae_decoder/config.json").to_owned(),
            detail: detail.to_owned(),
        };
        let halvings = config.spatio_temporal_scaling.map_or(3, |s| s.into_iter().filter(|b| *b).count().min(8));
        let ratio = |told: Option<u32>, patch: u32| told.unwrap_or_else(|| patch.saturating_mul(1 << halvings));
        let space = ratio(config.spatial_compression_ratio, config.patch_size.unwrap_or(4));
        let time = ratio(config.temporal_compression_ratio, config.patch_size_t.unwrap_or(1));
        if !(1..=256).contains(&space) || !(1..=64).contains(&time) {
            return Err(malformed("it compresses further than any video model does"));
        }
        let channels = config.latent_channels.unwrap_or(128);
        // An export may have the statistics inside its graphs: without a list nothing is to be done.
        let mean = config.latents_mean.unwrap_or_else(|| vec![0.0; channels]);
        let deviation = config.latents_std.unwrap_or_else(|| vec![1.0; channels]);
        let scaling = config.scaling_factor.unwrap_or(1.0);
        if mean.len() != channels || deviation.len() != channels {
            return Err(malformed("latents_mean and latents_std must have one number for each of the latent_channels"));
        }
        if scaling == 0.0 || deviation.contains(&0.0) {
            return Err(malformed("scaling_factor and latents_std must not be zero"));
        }
        Ok(VideoVaeFacts { channels, space, time, scaling, mean, deviation, timed: config.timestep_conditioning })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(config: &str) -> Result<VideoVaeFacts> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("vae_decoder")).unwrap();
        std::fs::write(folder.path().join("vae_decoder/config.json"), config).unwrap();
        VideoVaeFacts::of(&Files::Folder(folder.path().to_owned()))
    }

    #[test]
    fn compression_is_counted_from_the_blocks_unless_the_config_tells_it() {
        let ratios = |config| facts(config).map(|f| (f.space, f.time)).unwrap();
        assert_eq!(ratios("{}"), (32, 8));
        assert_eq!(ratios(r#"{"patch_size": 8, "spatio_temporal_scaling": [true, false, true]}"#), (32, 4));
        assert_eq!(ratios(r#"{"spatial_compression_ratio": 16, "temporal_compression_ratio": 4}"#), (16, 4));
        assert_eq!(ratios(r#"{"spatial_compression_ratio": null, "temporal_compression_ratio": null}"#), (32, 8));
    }

    #[test]
    fn statistics_that_do_not_fit_the_channels_are_refused() {
        for bad in [
            r#"{"latent_channels": 2, "latents_mean": [0.0]}"#,
            r#"{"latent_channels": 1, "latents_std": [0.0]}"#,
            r#"{"patch_size": 4000000000}"#,
        ] {
            assert_eq!(facts(bad).unwrap_err().code(), "package_file_malformed", "{bad}");
        }
        assert_eq!(facts(r#"{"latent_channels": 2}"#).unwrap().deviation, [1.0, 1.0]);
    }
}
