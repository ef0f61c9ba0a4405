//! The places that fields are: `Option` for one, `Many` for several. Written once here, so that a type's own code is only
//! which field stands where.

#![allow(
    clippy::manual_map,
    clippy::redundant_pattern_matching,
    reason = "`is_none()` and `map()` would be one more function each for each type"
)]

use thin_vec::ThinVec;

use crate::Resource;
use crate::access::{
    Choice, ChoiceSlot, Chosen, ChosenMut, Element, ElementSlot, Primitive, PrimitiveSlot, ResourceSlot, Typed,
};
use crate::access::{Value, ValueMut};
use crate::erase::Erase;
use crate::many::Many;
use crate::one::One;

// Plain `match` and indexing: each adapter of `Option` or of slices would be one more function for each of hundreds of types.

impl<T: Primitive> PrimitiveSlot for Option<T> {
    fn len(&self) -> usize {
        matches!(self, Some(_)).into()
    }

    fn get(&self, index: usize) -> Option<Value<'_>> {
        match self {
            Some(value) if index == 0 => Some(value.value()),
            _ => None,
        }
    }

    fn entry(&mut self, _index: usize) -> ValueMut<'_> {
        if let None = self {
            *self = Some(T::default());
        }
        match self {
            Some(value) => value.value_mut(),
            None => unreachable!("it was filled above"),
        }
    }
}

impl<T: Primitive> PrimitiveSlot for Many<T> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn get(&self, index: usize) -> Option<Value<'_>> {
        let values = self.as_slice();
        if index < values.len() { Some(values[index].value()) } else { None }
    }

    fn entry(&mut self, index: usize) -> ValueMut<'_> {
        while self.as_slice().len() <= index {
            self.push(T::default());
        }
        self.as_mut_slice()[index].value_mut()
    }
}

/// The place of a single element, in place or on the heap.
macro_rules! single {
    ($place:ty) => {
        impl<T: Typed> ElementSlot for Option<$place> {
            fn len(&self) -> usize {
                matches!(self, Some(_)).into()
            }

            fn get(&self, index: usize) -> Option<&dyn Element> {
                match self {
                    Some(element) if index == 0 => Some(ThinVec::<T>::erased(element)),
                    _ => None,
                }
            }

            fn get_mut(&mut self, index: usize) -> Option<&mut dyn Element> {
                match self {
                    Some(element) if index == 0 => Some(ThinVec::<T>::erased_mut(element)),
                    _ => None,
                }
            }

            fn push(&mut self) -> &mut dyn Element {
                *self = Some(<$place>::default());
                match self {
                    Some(element) => ThinVec::<T>::erased_mut(element),
                    None => unreachable!("it was filled above"),
                }
            }
        }
    };
}

single!(One<T>);
single!(T);

impl<T: Typed> ElementSlot for Many<T> {
    fn len(&self) -> usize {
        self.0.as_slice().len()
    }

    fn get(&self, index: usize) -> Option<&dyn Element> {
        let elements = self.0.as_slice();
        if index < elements.len() { Some(ThinVec::<T>::erased(&elements[index])) } else { None }
    }

    fn get_mut(&mut self, index: usize) -> Option<&mut dyn Element> {
        let elements = self.0.as_mut_slice();
        if index < elements.len() { Some(ThinVec::<T>::erased_mut(&mut elements[index])) } else { None }
    }

    fn push(&mut self) -> &mut dyn Element {
        ThinVec::<T>::erased_mut(self.push_default())
    }
}

impl ResourceSlot for Option<Resource> {
    fn len(&self) -> usize {
        usize::from(self.is_some())
    }

    fn get(&self, index: usize) -> Option<&Resource> {
        self.as_ref().filter(|_| index == 0)
    }

    fn get_mut(&mut self, index: usize) -> Option<&mut Resource> {
        self.as_mut().filter(|_| index == 0)
    }

    fn push(&mut self, resource: Resource) {
        *self = Some(resource);
    }
}

impl ResourceSlot for Many<Resource> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn get(&self, index: usize) -> Option<&Resource> {
        self.as_slice().get(index)
    }

    fn get_mut(&mut self, index: usize) -> Option<&mut Resource> {
        self.as_mut_slice().get_mut(index)
    }

    fn push(&mut self, resource: Resource) {
        Many::push(self, resource);
    }
}

impl<T: Choice> ChoiceSlot for Option<T> {
    fn chosen(&self) -> Option<(usize, Chosen<'_>)> {
        match self {
            Some(choice) => Some(choice.chosen()),
            None => None,
        }
    }

    fn select(&mut self, variant: usize) -> Option<ChosenMut<'_>> {
        if let None = self {
            *self = T::empty(variant);
        }
        let (held, value) = match self {
            Some(choice) => choice.chosen_mut(),
            None => return None,
        };
        if held == variant { Some(value) } else { None }
    }
}
