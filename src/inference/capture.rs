//! A graph's run captured on a graphics card and launched again as a whole (a CUDA graph), in place of its kernels one
//! by one.
//!
//! A capture reads and writes the addresses that it was made with, whatever is bound later, and nothing tells when they
//! hold something else by then. So inputs and output have buffers of their own, there before anything is captured; there
//! is one shape at a time, since what a run computes in between lies where later buffers could come to lie; and a capture
//! answers alone only after it said the very numbers that plain runs say (`trust`).

use std::sync::Arc;
use std::time::Duration;

use ort::memory::{AllocationDevice, Allocator, AllocatorType, MemoryInfo, MemoryType};
use ort::session::{IoBinding, RunOptions, Session};
use ort::value::{DynTensor, DynTensorValueType, DynValue, TensorElementType};

use crate::base::clock::Stopwatch;

use super::tensors;
use super::trust::{Trust, Way};

/// ONNX Runtime's name for which capture a run makes or launches; -1 for none.
const CAPTURE: &str = "gpu_graph_id";

/// Of one session.
pub(crate) struct Captures {
    place: Place,
    plain: RunOptions,
    /// So many shapes were captured, or would have been.
    shapes: i32,
    set: Option<Set>,
    /// A captured run failed and no plain one could stand in for it: the card's stream may be of no use any more.
    pub(super) spoilt: bool,
    /// A captured run failed, or said other numbers than the plain one.
    pub(super) differed: bool,
}

/// Where the buffers are.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Card(i32),
    /// Captures nothing; in tests.
    #[cfg(test)]
    Processor,
}

/// What a step is asked with, on the processor.
pub(super) struct Asked<'a> {
    /// One value for all steps with the same `stay`.
    pub(super) of: &'a Arc<()>,
    pub(super) stay: &'a [(String, DynValue)],
    pub(super) change: Vec<(&'a str, &'a DynValue)>,
    pub(super) wanted: &'a str,
}

/// The buffers of one shape, and what is known about its capture.
struct Set {
    form: Vec<Form>,
    /// Whose `stay` they hold.
    of: Option<Arc<()>>,
    inputs: Vec<(String, DynTensor)>,
    allocator: Allocator,
    binding: IoBinding,
    /// Whether the output has its buffer; its size shows in the first run.
    placed: bool,
    captured: RunOptions,
    trust: Trust,
}

/// An input's name, type and size.
type Form = (String, Option<TensorElementType>, Vec<i64>);

impl Captures {
    pub(super) fn new(place: Place) -> ort::Result<Self> {
        Ok(Captures { place, plain: options(-1)?, shapes: 0, set: None, spoilt: false, differed: false })
    }

    /// One step; the answer is on the processor.
    pub(super) fn step(&mut self, session: &mut Session, asked: &Asked) -> ort::Result<DynValue> {
        let form: Vec<Form> = asked.all().map(|(name, value)| form(name, value)).collect();
        let mut set = match self.set.take() {
            Some(set) if set.form == form => set,
            before => {
                // The buffers of the shape before are given back first.
                drop(before);
                self.shapes += 1;
                Set::new(session, self.place, form, asked.wanted, options(self.shapes)?)?
            }
        };
        set.tell(asked)?;
        let said = match set.trust.way() {
            Way::Plain => {
                let (said, took) = set.run(session, asked.wanted, Some(&self.plain));
                set.trust.ran_plainly(took);
                said
            }
            Way::Captured => {
                let (said, _) = set.run(session, asked.wanted, None);
                self.spoilt = said.is_err();
                said
            }
            Way::Both => {
                let (captured, captured_took) = set.run(session, asked.wanted, None);
                let (said, took) = set.run(session, asked.wanted, Some(&self.plain));
                self.spoilt = captured.is_err() && said.is_err();
                let same = captured.is_ok_and(|captured| said.as_ref().is_ok_and(|said| same(&captured, said)));
                self.differed |= !same;
                set.trust.ran_both(same, took, captured_took);
                said
            }
        };
        self.set = Some(set);
        said
    }
}

impl<'a> Asked<'a> {
    fn all(&self) -> impl Iterator<Item = (&'a str, &'a DynValue)> {
        self.stay.iter().map(|(name, value)| (name.as_str(), value)).chain(self.change.iter().copied())
    }
}

impl Set {
    fn new(session: &Session, place: Place, form: Vec<Form>, wanted: &str, captured: RunOptions) -> ort::Result<Self> {
        let allocator = Allocator::new(session, place.memory()?)?;
        let mut binding = session.create_binding()?;
        let mut inputs = Vec::with_capacity(form.len());
        for (name, kind, shape) in &form {
            let kind = kind.ok_or_else(|| ort::Error::new(format!("the input {name} is no tensor")))?;
            let buffer = DynTensor::new(&allocator, kind, shape.clone())?;
            binding.bind_input(name, &buffer)?;
            inputs.push((name.clone(), buffer));
        }
        binding.bind_output_to_device(wanted, &place.memory()?)?;
        Ok(Set { form, of: None, inputs, allocator, binding, placed: false, captured, trust: Trust::new() })
    }

    /// Writes over the buffers what is new.
    fn tell(&mut self, asked: &Asked) -> ort::Result<()> {
        let knows = self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, asked.of));
        if !knows {
            self.trust.renew();
        }
        for ((name, value), (_, buffer)) in asked.all().zip(&mut self.inputs) {
            if !knows || asked.change.iter().any(|(changing, _)| *changing == name) {
                tensor(value)?.copy_into(&mut *buffer)?;
            }
        }
        self.of = Some(asked.of.clone());
        Ok(())
    }

    /// `plain`: none for the capture.
    fn run(
        &mut self,
        session: &mut Session,
        wanted: &str,
        plain: Option<&RunOptions>,
    ) -> (ort::Result<DynValue>, Duration) {
        let begun = Stopwatch::start();
        (self.answer(session, wanted, plain), begun.elapsed())
    }

    fn answer(&mut self, session: &mut Session, wanted: &str, plain: Option<&RunOptions>) -> ort::Result<DynValue> {
        let options = plain.unwrap_or(&self.captured);
        let said = session.run_binding_with_options(&self.binding, options)?.remove(wanted);
        self.binding.synchronize_outputs()?;
        let said = said.ok_or_else(|| ort::Error::new(format!("it gave no output {wanted}")))?;
        let here = tensor(&said)?.to(AllocationDevice::CPU, 0)?.into_dyn();
        if !self.placed {
            let (_, kind, shape) = form(wanted, &said);
            let kind = kind.ok_or_else(|| ort::Error::new(format!("the output {wanted} is no tensor")))?;
            self.binding.bind_output(wanted, DynTensor::new(&self.allocator, kind, shape)?)?;
            self.placed = true;
        }
        Ok(here)
    }
}

impl Place {
    fn memory(self) -> ort::Result<MemoryInfo<'static>> {
        match self {
            Place::Card(card) => {
                MemoryInfo::new(AllocationDevice::CUDA, card, AllocatorType::Device, MemoryType::Default)
            }
            #[cfg(test)]
            Place::Processor => MemoryInfo::new(AllocationDevice::CPU, 0, AllocatorType::Device, MemoryType::Default),
        }
    }
}

fn options(capture: i32) -> ort::Result<RunOptions> {
    let mut options = RunOptions::new()?;
    options.set(CAPTURE, capture.to_string())?;
    Ok(options)
}

fn form(name: &str, value: &DynValue) -> Form {
    let shape = value.dtype().tensor_shape().map(|shape| shape.iter().copied().collect());
    (name.to_owned(), value.dtype().tensor_type(), shape.unwrap_or_default())
}

fn tensor(value: &DynValue) -> ort::Result<ort::value::DynTensorRef<'_>> {
    value.view().downcast::<DynTensorValueType>()
}

/// To the last bit: the same kernels on the same numbers give nothing else.
fn same(one: &DynValue, other: &DynValue) -> bool {
    match (tensors::read(one), tensors::read(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}
