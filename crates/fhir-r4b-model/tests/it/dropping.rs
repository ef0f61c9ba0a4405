//! Lists and single values are emptied by hand when they are dropped: nothing in them may be left behind, or dropped twice. Whether their own memory
//! is given back is for a memory checker to say.

use std::rc::Rc;

use fhir_r4b_model::{Many, One};

/// How many of the values that `make` is given copies of are left when what it makes is dropped.
fn left<T>(make: impl FnOnce(&Rc<()>) -> T) -> usize {
    let value = Rc::new(());
    drop(make(&value));
    Rc::strong_count(&value) - 1
}

#[test]
fn a_dropped_list_drops_each_element_once() {
    assert_eq!(left(|value| Many::from([value.clone(), value.clone(), value.clone()])), 0);
    assert_eq!(left(|value| vec![Many::from([value.clone()]), Many::new()]), 0);
}

#[test]
fn a_list_that_was_taken_apart_drops_what_was_left_and_what_was_taken() {
    let three = |value: &Rc<()>| Many::from([value.clone(), value.clone(), value.clone()]);
    assert_eq!(left(|value| three(value).into_iter().next()), 0);
    assert_eq!(left(|value| three(value).into_iter().collect::<Vec<_>>()), 0);
    let mut list = three(&Rc::new(()));
    list.clear();
    assert!(list.is_empty());
}

#[test]
fn a_dropped_value_on_the_heap_is_dropped_once_and_one_moved_out_lives_on() {
    assert_eq!(left(|value| One::new(value.clone())), 0);
    assert_eq!(left(|value| One::new(value.clone()).into_inner()), 0);
    let value = Rc::new(());
    let moved = One::new(value.clone()).into_inner();
    assert_eq!(Rc::strong_count(&moved), 2);
}

#[test]
fn types_are_send_and_sync_although_their_trait_does_not_demand_it() {
    fn shared<T: Send + Sync>() {}
    shared::<fhir_r4b_model::Resource>();
    shared::<fhir_r4b_model::Extension>();
}
