//! Which type a resource has, before it is read. Most documents say it first. Where it comes last, as in what was sorted by name, the resource is passed over
//! to get there, and all resources within it are told as well: else resources within each other would be passed over once for each level.

use std::borrow::Cow;

use super::scan::Scanner;
use super::{Error, ErrorKind};

pub(super) const TYPE: &[u8; 12] = b"resourceType";

/// Where the types of objects are that were passed over.
#[derive(Default)]
pub(super) struct Types(Vec<Place>);

/// Where an object begins, and the value of its `resourceType`.
type Place = (usize, usize);

impl Types {
    pub(super) fn note(&mut self, object: usize, value: usize) {
        self.0.push((object, value));
    }

    /// The first that was noted of this object.
    fn of(&self, object: usize) -> Option<usize> {
        let place = self.0.partition_point(|(other, _)| *other < object);
        self.0.get(place).filter(|(other, _)| *other == object).map(|(_, value)| *value)
    }

    /// Puts those in order that were noted since there were `before`. All others are of objects before these.
    fn sort(&mut self, before: usize) {
        if let Some(new) = self.0.get_mut(before..) {
            new.sort_unstable();
        }
    }
}

impl<'a> Scanner<'a> {
    /// The name in the `resourceType` of the object that follows, wherever it is in it. Stays where it is.
    pub(crate) fn resource_type(&mut self) -> Result<Cow<'a, str>, Error> {
        let (start, depth) = (self.at, self.depth);
        match self.types.of(start) {
            Some(value) => self.at = value,
            None => self.find_type()?,
        }
        if self.peek() != b'"' {
            return Err(self.error(ErrorKind::ResourceType, "resourceType is not a string"));
        }
        let name = self.name()?;
        (self.at, self.depth) = (start, depth);
        Ok(name)
    }

    /// Goes to the value of the `resourceType` of the object that follows.
    fn find_type(&mut self) -> Result<(), Error> {
        let (start, before) = (self.at, self.types.0.len());
        self.open(b'{', "expected a resource, which is an object")?;
        let (mut first, mut passed) = (true, false);
        while self.more(&mut first, b'}')? {
            if self.key()?.as_bytes() == TYPE {
                if passed {
                    self.types.note(start, self.at);
                    self.types.sort(before);
                }
                return Ok(());
            }
            self.pass(true)?;
            passed = true;
        }
        self.at = start;
        Err(self.error(ErrorKind::ResourceType, "a resource has no resourceType"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_within_each_other_are_passed_over_once() {
        let levels = 300;
        let mut text = r#"{"id":"x","resourceType":"Patient"}"#.to_owned();
        for level in 0..levels {
            let before = if level % 2 == 0 { r#""id":"\n","# } else { "" };
            text = format!(r#"{{{before}"contained":[{text}], "resourceType" :  "Level{level}"}}"#);
        }
        let mut scan = Scanner::new(&text, 3 * levels);
        assert_eq!(scan.resource_type().unwrap(), format!("Level{}", levels - 1));
        assert_eq!(scan.types.0.len(), levels + 1);
        for level in (0..levels).rev() {
            assert_eq!(scan.resource_type().unwrap(), format!("Level{level}"));
            let rest = &text[scan.at + 1..];
            scan.at += 1 + rest.find('{').unwrap();
        }
        assert_eq!((scan.resource_type().unwrap(), scan.types.0.len()), ("Patient".into(), levels + 1));
    }

    #[test]
    fn the_first_of_two_types_is_that_of_the_resource_whoever_looks() {
        let inner = r#"{"a":{"resourceType":"Deeper"},"resourceType":"First","resourceType":"Second"}"#;
        let wrong = r#"{"a":1,"resourceType":7,"resourceType":"Second"}"#;
        let text = format!(r#"{{"b":[{inner},{wrong}],"resourceType":"Outer"}}"#);
        for looked_before in [false, true] {
            let mut scan = Scanner::new(&text, 9);
            if looked_before {
                assert_eq!(scan.resource_type().unwrap(), "Outer");
            }
            scan.at = text.find(inner).unwrap();
            assert_eq!(scan.resource_type().unwrap(), "First");
            scan.at = text.find(wrong).unwrap();
            let error = scan.resource_type().unwrap_err();
            assert_eq!((error.kind(), error.offset()), (ErrorKind::ResourceType, text.find('7').unwrap()));
        }
    }
}
