//! Numbers as tensors of the type that a graph wants, and back.

use std::borrow::Cow;

use half::{bf16, f16};
use ort::value::{DynValue, PrimitiveTensorElementType, Tensor, TensorElementType};

use super::latents::Latents;

/// A tensor of its own of this type.
pub(super) fn made(
    shape: &[usize],
    values: impl Iterator<Item = f64>,
    kind: TensorElementType,
) -> ort::Result<DynValue> {
    use TensorElementType as Kind;
    let shape = shape.to_vec();
    Ok(match kind {
        Kind::Float32 => Tensor::from_array((shape, values.map(|v| v as f32).collect::<Vec<_>>()))?.into_dyn(),
        Kind::Float16 => Tensor::from_array((shape, values.map(f16::from_f64).collect::<Vec<_>>()))?.into_dyn(),
        Kind::Bfloat16 => Tensor::from_array((shape, values.map(bf16::from_f64).collect::<Vec<_>>()))?.into_dyn(),
        Kind::Float64 => Tensor::from_array((shape, values.collect::<Vec<_>>()))?.into_dyn(),
        Kind::Int64 => Tensor::from_array((shape, values.map(|v| v as i64).collect::<Vec<_>>()))?.into_dyn(),
        Kind::Int32 => Tensor::from_array((shape, values.map(|v| v as i32).collect::<Vec<_>>()))?.into_dyn(),
        Kind::Bool => Tensor::from_array((shape, values.map(|v| v != 0.0).collect::<Vec<_>>()))?.into_dyn(),
        other => return Err(ort::Error::new(format!("inputs of the type {other:?} are not supported"))),
    })
}

/// Writes `values` over the beginning of each of so many equal parts of a tensor, in the tensor's own type.
pub(super) fn overwrite(tensor: &mut DynValue, parts: usize, values: &[f32]) -> ort::Result<()> {
    use TensorElementType as Kind;
    fn over<T: PrimitiveTensorElementType>(
        tensor: &mut DynValue,
        parts: usize,
        values: &[f32],
        turned: impl Fn(f32) -> T,
    ) -> ort::Result<()> {
        let (_, all) = tensor.try_extract_tensor_mut::<T>()?;
        let part = (all.len() / parts.max(1)).max(1);
        for part in all.chunks_exact_mut(part) {
            for (to, from) in part.iter_mut().zip(values) {
                *to = turned(*from);
            }
        }
        Ok(())
    }
    match tensor.dtype().tensor_type() {
        Some(Kind::Float32) => over(tensor, parts, values, |v| v),
        Some(Kind::Float16) => over(tensor, parts, values, f16::from_f32),
        Some(Kind::Bfloat16) => over(tensor, parts, values, bf16::from_f32),
        Some(Kind::Float64) => over(tensor, parts, values, f64::from),
        Some(Kind::Int64) => over(tensor, parts, values, |v| v as i64),
        Some(Kind::Int32) => over(tensor, parts, values, |v| v as i32),
        other => Err(ort::Error::new(format!("inputs of the type {other:?} cannot change from step to step"))),
    }
}

/// The shape and the numbers of a tensor; none where it holds none.
pub(super) fn read(value: &DynValue) -> Option<(Vec<usize>, Cow<'_, [f32]>)> {
    let sizes = |shape: &ort::value::Shape| shape.iter().map(|d| usize::try_from(*d).unwrap_or(0)).collect::<Vec<_>>();
    if let Ok((shape, values)) = value.try_extract_tensor::<f32>() {
        return Some((sizes(shape), Cow::Borrowed(values)));
    }
    if let Ok((shape, values)) = value.try_extract_tensor::<f16>() {
        return Some((sizes(shape), values.iter().map(|v| v.to_f32()).collect()));
    }
    if let Ok((shape, values)) = value.try_extract_tensor::<bf16>() {
        return Some((sizes(shape), values.iter().map(|v| v.to_f32()).collect()));
    }
    let (shape, values) = value.try_extract_tensor::<f64>().ok()?;
    Some((sizes(shape), values.iter().map(|v| *v as f32).collect()))
}

/// The same in memory of its own.
pub(super) fn latents(value: &DynValue) -> Option<Latents> {
    let (shape, values) = read(value)?;
    Latents::new(shape, values.into_owned())
}
