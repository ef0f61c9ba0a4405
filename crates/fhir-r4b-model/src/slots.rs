//! The places that fields are: `Option` for one, `Many` for several. Written once here, so that a type's own code is only
//! which field stands where.

use crate::Resource;
use crate::access::{
    Choice, ChoiceSlot, Chosen, ChosenMut, Element, ElementSlot, Primitive, PrimitiveSlot, ResourceSlot, Typed,
};
use crate::access::{Value, ValueMut};
use crate::many::Many;
use crate::one::One;

impl<T: Primitive> PrimitiveSlot for Option<T> {
    fn len(&self) -> usize {
        usize::from(self.is_some())
    }

    fn get(&self, index: usize) -> Option<Value<'_>> {
        self.as_ref().filter(|_| index == 0).map(T::value)
    }

    fn entry(&mut self, _index: usize) -> ValueMut<'_> {
        self.get_or_insert_with(T::default).value_mut()
    }
}

impl<T: Primitive> PrimitiveSlot for Many<T> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn get(&self, index: usize) -> Option<Value<'_>> {
        self.as_slice().get(index).map(T::value)
    }

    fn entry(&mut self, index: usize) -> ValueMut<'_> {
        while self.as_slice().len() <= index {
            self.push(T::default());
        }
        self[index].value_mut()
    }
}

impl<T: Typed> ElementSlot for Option<One<T>> {
    fn len(&self) -> usize {
        usize::from(self.is_some())
    }

    fn get(&self, index: usize) -> Option<&dyn Element> {
        self.as_deref().filter(|_| index == 0).map(T::erased)
    }

    fn get_mut(&mut self, index: usize) -> Option<&mut dyn Element> {
        self.as_deref_mut().filter(|_| index == 0).map(T::erased_mut)
    }

    fn push(&mut self) -> &mut dyn Element {
        self.insert(One::default()).erased_mut()
    }
}

impl<T: Typed> ElementSlot for Many<T> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn get(&self, index: usize) -> Option<&dyn Element> {
        self.as_slice().get(index).map(T::erased)
    }

    fn get_mut(&mut self, index: usize) -> Option<&mut dyn Element> {
        self.as_mut_slice().get_mut(index).map(T::erased_mut)
    }

    fn push(&mut self) -> &mut dyn Element {
        self.push_default().erased_mut()
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
        self.as_ref().map(T::chosen)
    }

    fn select(&mut self, variant: usize) -> Option<ChosenMut<'_>> {
        let choice = match self {
            Some(choice) => choice,
            None => self.insert(T::empty(variant)?),
        };
        let (held, value) = choice.chosen_mut();
        (held == variant).then_some(value)
    }
}
