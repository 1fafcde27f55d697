//! `model list` and `model info`: what is there, and what one of them can do.

use crate::cli::failure::Failure;
use crate::cli::output;
use crate::inference::{PackageInfo, Packages, Task};

pub(super) fn list(packages: &Packages, json: bool) -> Result<(), Failure> {
    let all = packages.list()?;
    if json {
        return output::json(&all);
    }
    output::line(format_args!("{:<24} {:<10} {:<20} {:<22} LICENCE", "NAME", "VERSION", "FAMILY", "TASKS"))?;
    for info in &all {
        let (name, version, family) = (&info.name, &info.version, &info.family);
        output::line(format_args!("{name:<24} {version:<10} {family:<20} {:<22} {}", tasks(info), info.licence))?;
    }
    Ok(())
}

pub(super) fn info(packages: &Packages, name: &str, json: bool) -> Result<(), Failure> {
    let info = packages.find(name)?.info;
    if json {
        return output::json(&info);
    }
    let (usual, sizes) = (&info.defaults, &info.sizes);
    let roles: Vec<&str> = info.roles.iter().map(|role| role.as_str()).collect();
    let suggested: Vec<String> = sizes.suggested.iter().map(ToString::to_string).collect();
    let lattice =
        if info.frame_step > 1 { format!(" (one and then {} at a time)", info.frame_step) } else { String::new() };
    let moving = format!("; clips {} frames{lattice} at {}", usual.frames, usual.rate);
    let rows = [
        ("name", format!("{} {}", info.name, info.version)),
        ("family", info.family.clone()),
        ("licence", info.licence.clone()),
        ("tasks", tasks(&info)),
        ("references", format!("up to {} ({})", info.max_references, roles.join(", "))),
        (
            "sizes",
            format!("sides {} to {} in steps of {}; {}", sizes.min, sizes.max, sizes.multiple, suggested.join(", ")),
        ),
        (
            "defaults",
            format!(
                "{}x{}, {} steps, guidance {}{}",
                usual.width,
                usual.height,
                usual.steps,
                usual.guidance,
                if info.tasks.contains(&Task::Clip) { moving.as_str() } else { "" }
            ),
        ),
        ("scale", info.scale.map_or_else(|| "none: no upscaler".to_owned(), |s| format!("{s} times as wide and high"))),
        ("strength", info.strength.map_or_else(|| "not known".to_owned(), |s| format!("{s} where none is given"))),
        ("schedulers", if info.schedulers.is_empty() { "its own".to_owned() } else { info.schedulers.join(", ") }),
        ("rewriter", if info.rewrites { "yes: `render --rewrite`" } else { "none" }.to_owned()),
        ("weights", if info.sealed { "sealed: the studio's keys open them" } else { "open" }.to_owned()),
        ("memory", format!("about {} MB on a processor", info.memory_bytes / 1_000_000)),
        ("hash", info.hash.clone()),
    ];
    for (what, value) in rows {
        output::line(format_args!("{what:<12} {value}"))?;
    }
    Ok(())
}

fn tasks(info: &PackageInfo) -> String {
    let words = info.tasks.iter().map(|task| match task {
        Task::Picture => "picture",
        Task::Edit => "edit",
        Task::Clip => "clip",
        Task::Upscale => "upscale",
    });
    words.collect::<Vec<_>>().join(", ")
}
