//! What is attached to a primitive is read, written and compared like any element. Its table is written by hand because the
//! definitions have it once per primitive type, with the same two elements each time.

use crate::access::{Element, Field, FieldMut};
use crate::coded::Coded;
use crate::info::{FieldInfo, TypeInfo};
use crate::primitives::{
    Base64Binary, Canonical, Code, Date, DateTime, Decimal, FhirString, Id, Instant, Integer, Markdown, Oid,
    PositiveInt, Time, UnsignedInt, Uri, Url, Uuid, Xhtml,
};
use crate::same::redacted;
use crate::text::{Boolean, Extra, Text};

static EXTRA: TypeInfo = TypeInfo {
    name: "Extra",
    path: "Element",
    resource: false,
    fields: &[FieldInfo::text("id", "string"), FieldInfo::element("extension", "Extension").many()],
};

impl Element for Extra {
    fn info(&self) -> &'static TypeInfo {
        &EXTRA
    }

    fn field(&self, index: usize) -> Field<'_> {
        match index {
            0 => Field::Primitives(&self.id),
            1 => Field::Elements(&self.extension),
            _ => Field::Unknown(&self.unknown),
        }
    }

    fn field_mut(&mut self, index: usize) -> FieldMut<'_> {
        match index {
            0 => FieldMut::Primitives(&mut self.id),
            1 => FieldMut::Elements(&mut self.extension),
            _ => FieldMut::Unknown(&mut self.unknown),
        }
    }
}

impl std::fmt::Debug for Extra {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        crate::same::show(crate::access::Typed::erased(self), formatter)
    }
}

redacted! {
    Text: |text| text.as_str().is_some(),
    Boolean: |boolean| boolean.get().is_some(),
    Base64Binary: |text| text.as_str().is_some(),
    Canonical: |text| text.as_str().is_some(),
    Code: |text| text.as_str().is_some(),
    Coded<E>: |text| text.as_str().is_some(),
    Date: |text| text.as_str().is_some(),
    DateTime: |text| text.as_str().is_some(),
    Decimal: |text| text.as_str().is_some(),
    FhirString: |text| text.as_str().is_some(),
    Id: |text| text.as_str().is_some(),
    Instant: |text| text.as_str().is_some(),
    Integer: |text| text.as_str().is_some(),
    Markdown: |text| text.as_str().is_some(),
    Oid: |text| text.as_str().is_some(),
    PositiveInt: |text| text.as_str().is_some(),
    Time: |text| text.as_str().is_some(),
    UnsignedInt: |text| text.as_str().is_some(),
    Uri: |text| text.as_str().is_some(),
    Url: |text| text.as_str().is_some(),
    Uuid: |text| text.as_str().is_some(),
    Xhtml: |text| text.as_str().is_some(),
}
