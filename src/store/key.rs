//! Keys as bytes that sort like the values: ids, numbers, times, texts and tuples of them.

use crate::base::clock::Moment;
use crate::base::id::Id;

/// What a record or an index is found by. The bytes of two keys compare like the keys themselves,
/// and the bytes of a tuple begin with the bytes of its first members.
pub trait Key: Sized {
    fn write(&self, to: &mut Vec<u8>);
    /// Takes one key from the front of `from`; none when the bytes are no such key.
    fn read(from: &mut &[u8]) -> Option<Self>;

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(32);
        self.write(&mut bytes);
        bytes
    }
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = from.split_first_chunk::<N>()?;
    *from = rest;
    Some(*head)
}

impl<T: Id> Key for T {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&Id::bytes(*self));
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        take(from).map(T::from_bytes)
    }
}

impl<const N: usize> Key for [u8; N] {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(self);
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        take(from)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Key for $number {
            fn write(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_be_bytes());
            }
            fn read(from: &mut &[u8]) -> Option<Self> {
                take(from).map(<$number>::from_be_bytes)
            }
        }
    )*};
}
numbers!(u8, u16, u32, u64);

/// The one record of its table.
impl Key for () {
    fn write(&self, _: &mut Vec<u8>) {}
    fn read(_: &mut &[u8]) -> Option<Self> {
        Some(())
    }
}

impl Key for bool {
    fn write(&self, to: &mut Vec<u8>) {
        to.push(u8::from(*self));
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        take::<1>(from).and_then(|[b]| (b < 2).then_some(b == 1))
    }
}

/// Times before 1970 sort before those after it.
impl Key for Moment {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&(self.0.cast_unsigned() ^ (1 << 63)).to_be_bytes());
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        take(from).map(|b| Moment((u64::from_be_bytes(b) ^ (1 << 63)).cast_signed()))
    }
}

/// A text ends with 00 01 and a zero inside it is written 00 FF: "a" sorts before "a\0" and "ab".
impl Key for String {
    fn write(&self, to: &mut Vec<u8>) {
        for byte in self.as_bytes() {
            to.push(*byte);
            if *byte == 0 {
                to.push(0xFF);
            }
        }
        to.extend_from_slice(&[0, 1]);
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        let mut text = Vec::new();
        loop {
            match take::<1>(from)? {
                [0] if take::<1>(from)? == [1] => return String::from_utf8(text).ok(),
                [byte] => text.push(byte),
            }
        }
    }
}

macro_rules! tuples {
    ($(($($name:ident),+)),*) => {$(
        impl<$($name: Key),+> Key for ($($name,)+) {
            #[expect(non_snake_case, reason = "one name for the type and the member of that type")]
            fn write(&self, to: &mut Vec<u8>) {
                let ($($name,)+) = self;
                $($name.write(to);)+
            }
            fn read(from: &mut &[u8]) -> Option<Self> {
                Some(($($name::read(from)?,)+))
            }
        }
    )*};
}
tuples!((A, B), (A, B, C), (A, B, C, D));
