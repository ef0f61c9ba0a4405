//! What the enum of all resources can do beside being one of them. A resource of a type that R4B does not have is kept as its
//! JSON, so that one of them does not cost the bundle it came in.

use std::fmt;

use crate::Resource;
use crate::access::Typed;
use crate::one::One;
use crate::unknown::RawJson;

/// A resource whose type the definitions do not have.
#[derive(Clone, PartialEq, Eq)]
pub struct UnknownResource {
    type_name: Box<str>,
    json: RawJson,
}

impl UnknownResource {
    pub(crate) fn new(type_name: &str, json: RawJson) -> Self {
        Self { type_name: type_name.into(), json }
    }

    /// What its `resourceType` says.
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// The whole object, as it was read.
    pub fn json(&self) -> &RawJson {
        &self.json
    }
}

impl fmt::Debug for UnknownResource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "UnknownResource({:?})", self.json)
    }
}

/// A type of resource that a [`Resource`] can be.
pub trait ResourceType: Typed {
    /// The name in `resourceType`.
    const NAME: &'static str;

    /// The resource, if it is of this type.
    fn of(resource: &Resource) -> Option<&Self>;

    /// The resource, to be changed, if it is of this type.
    fn of_mut(resource: &mut Resource) -> Option<&mut Self>;

    /// The resource as one of all.
    fn wrap(resource: One<Self>) -> Resource;

    /// The resource by value, or given back if it is of another type.
    ///
    /// # Errors
    ///
    /// The resource itself, which is of another type.
    fn take(resource: Resource) -> Result<Self, Resource>;
}

impl Resource {
    /// The resource if it is a `T`.
    pub fn get<T: ResourceType>(&self) -> Option<&T> {
        T::of(self)
    }

    /// The resource, to be changed, if it is a `T`.
    pub fn get_mut<T: ResourceType>(&mut self) -> Option<&mut T> {
        T::of_mut(self)
    }

    /// The name in `resourceType`.
    pub fn type_name(&self) -> &str {
        match self.element() {
            Ok(element) => element.info().name,
            Err(unknown) => unknown.type_name(),
        }
    }
}

impl<T: ResourceType> From<T> for Resource {
    fn from(resource: T) -> Self {
        T::wrap(One::new(resource))
    }
}

impl Clone for Resource {
    fn clone(&self) -> Self {
        crate::same::cloned_resource(self)
    }
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        match (self.element(), other.element()) {
            (Ok(left), Ok(right)) => crate::same::equal(left, right),
            (Err(left), Err(right)) => left == right,
            _ => false,
        }
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.element() {
            Ok(element) => crate::same::show(element, formatter),
            Err(unknown) => unknown.fmt(formatter),
        }
    }
}

/// What the enum of all resources needs of each of its types.
macro_rules! resource_types {
    ($($type:ident),+ $(,)?) => {
        impl Resource {
            /// An empty resource of the type with this name; `None` if R4B has no such type.
            pub(crate) fn empty(name: &str) -> Option<Self> {
                // In the order of their names, so that finding one takes eight comparisons.
                const TYPES: &[(&str, fn() -> Resource)] = &[$((stringify!($type), || Resource::$type(One::default())),)+];
                let index = TYPES.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
                Some(TYPES[index].1())
            }

            /// The name of the type with this name, as the definitions have it.
            pub(crate) fn known_name(name: &str) -> Option<&'static str> {
                [$(stringify!($type)),+].into_iter().find(|known| *known == name)
            }

            /// The resource as an element, or what is known of one whose type R4B does not have.
            ///
            /// # Errors
            ///
            /// The resource of unknown type.
            pub fn element(&self) -> Result<&dyn Element, &UnknownResource> {
                match self {
                    $(Self::$type(resource) => Ok(<thin_vec::ThinVec<$type> as $crate::erase::Erase<$type>>::erased(resource)),)+
                    Self::Unknown(unknown) => Err(unknown),
                }
            }

            /// The resource as an element, to be changed.
            ///
            /// # Errors
            ///
            /// The resource of unknown type.
            pub fn element_mut(&mut self) -> Result<&mut dyn Element, &mut UnknownResource> {
                match self {
                    $(Self::$type(resource) => Ok(<thin_vec::ThinVec<$type> as $crate::erase::Erase<$type>>::erased_mut(resource)),)+
                    Self::Unknown(unknown) => Err(unknown),
                }
            }
        }

        $(
            impl $crate::resource::ResourceType for $type {
                const NAME: &'static str = stringify!($type);

                #[inline]
                fn of(resource: &Resource) -> Option<&Self> {
                    if let Resource::$type(resource) = resource { Some(resource) } else { None }
                }

                #[inline]
                fn of_mut(resource: &mut Resource) -> Option<&mut Self> {
                    if let Resource::$type(resource) = resource { Some(resource) } else { None }
                }

                #[inline]
                fn wrap(resource: One<Self>) -> Resource {
                    Resource::$type(resource)
                }

                #[inline]
                fn take(resource: Resource) -> Result<Self, Resource> {
                    if let Resource::$type(resource) = resource { Ok(resource.into_inner()) } else { Err(resource) }
                }
            }
        )+
    };
}
pub(crate) use resource_types;
