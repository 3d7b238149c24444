//! The codes that diagnostics carry.

use super::Severity;

/// A stable code of a kind of fault.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Code {
    /// The code, such as `B0107`.
    pub id: &'static str,
    /// What follows from such a fault.
    pub policy: Policy,
    /// What the code stands for, in one line.
    pub summary: &'static str,
}

/// What follows from a fault of some kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// The document cannot be used.
    Refused,
    /// Real documents do it: a warning, or an error where loading is strict.
    Tolerated,
    /// A warning, however strict loading is.
    Advised,
}

impl Code {
    /// How grave such a fault is.
    pub fn severity(&self, strict: bool) -> Severity {
        match self.policy {
            Policy::Refused => Severity::Error,
            Policy::Tolerated if strict => Severity::Error,
            Policy::Tolerated | Policy::Advised => Severity::Warning,
        }
    }

    /// Every code, in order.
    pub fn all() -> &'static [&'static Code] {
        ALL
    }
}

macro_rules! codes {
    ($($name:ident $id:literal $policy:ident $summary:literal)*) => {
        $(
            pub(crate) static $name: Code = Code {
                id: $id,
                policy: Policy::$policy,
                summary: $summary,
            };
        )*
        static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    UNREADABLE "B0001" Refused "a file cannot be read"
    FILE_TOO_LARGE "B0002" Refused "a file, or all together, have more bytes than the limit allows"
    NOT_UTF8 "B0003" Refused "a file is not UTF-8 text"
    TOO_MANY_FILES "B0004" Refused "references lead to more files than the limit allows"

    YAML_SYNTAX "B0101" Refused "a file is not YAML"
    JSON_SYNTAX "B0102" Refused "a file is not JSON"
    DUPLICATE_KEY "B0103" Refused "an object has a key twice"
    TOO_DEEP "B0104" Refused "arrays and objects stand in each other deeper than the limit allows"
    TOO_MANY_NODES "B0105" Refused "a file has more values than the limit allows"
    ALIAS_EXPANSION "B0106" Refused "YAML aliases expand to more than the limit allows"
    ALIAS_CYCLE "B0107" Refused "a YAML alias stands within what it stands for"
    KEY_NOT_TEXT "B0108" Tolerated "a YAML key is a number, a boolean or null, and is read as text"
    KEY_NOT_SCALAR "B0109" Refused "a YAML key is a mapping or a sequence"
    MERGE_NOT_MAPPING "B0110" Refused "a YAML merge key has something other than mappings"
    NUMBER_ROUNDED "B0111" Tolerated "an integer is beyond 64 bits, and its nearest float is taken"
    NUMBER_NOT_FINITE "B0112" Tolerated "a YAML number is one that JSON does not have, and is read as text"
    TAG_UNKNOWN "B0113" Tolerated "a YAML tag is not one of the core schema, and is not heeded"
    TAG_MISMATCH "B0114" Refused "a YAML scalar is not what its tag says"
    SEVERAL_DOCUMENTS "B0115" Tolerated "a file holds several YAML documents, and the first is read"
    EMPTY "B0116" Refused "a file holds no document"
    DUPLICATE_HARMLESS "B0117" Tolerated "an object has a key twice with equal values, or with one that is empty"

    NOT_OPENAPI "B0201" Refused "a document does not say that it is OpenAPI"
    VERSION_UNSUPPORTED "B0202" Refused "a document is of a version that is not supported"
    VERSION_ODD "B0203" Tolerated "the version is not written as the specification writes it"
    WRONG_TYPE "B0204" Refused "a value is of another type than its place requires"
    FIELD_NEEDED "B0205" Refused "a field is missing without which the object means nothing"
    FIELD_MISSING "B0206" Tolerated "a field is missing that the specification requires"
    FIELD_UNKNOWN "B0207" Tolerated "a field is not of the specification, and is not heeded"
    FIELD_LATER "B0208" Tolerated "a field is of a later version than the document"
    NOTHING_DESCRIBED "B0209" Refused "a document has no paths, webhooks or components"
    NO_OPERATIONS "B0210" Advised "a document describes no operation that could be served"
    FIELDS_EXCLUSIVE "B0211" Tolerated "two fields stand together that exclude each other"
    COMPONENT_NAME "B0212" Tolerated "a component's name has characters that are not allowed"
    VALUE_UNKNOWN "B0213" Refused "a value is none of those that its place allows"

    SCALAR_NOT_TEXT "B0214" Tolerated "a number, true or false stands where text is required, and is read as text"
    FIELD_NULL "B0215" Tolerated "a field is null where its place allows no null, and is taken as missing"

    PATH_WITHOUT_SLASH "B0301" Refused "a path does not begin with a slash"
    PATH_FRAGMENT "B0302" Tolerated "a path has a `#fragment`, which is left out"
    PATH_QUERY "B0303" Tolerated "a path has a `?query`, which is left out"
    TEMPLATE_MALFORMED "B0304" Refused "the braces of a path template do not match"
    TEMPLATE_REPEATS "B0305" Refused "a path template names a parameter twice"
    PATH_PARAMETER_UNDECLARED "B0306" Tolerated "a path template names a parameter that is not declared; any text is taken"
    PATH_PARAMETER_UNUSED "B0307" Tolerated "a declared path parameter is not in the template, and is not heeded"
    SAME_SHAPE "B0308" Tolerated "two templates of one method match the same paths, and the first one answers"
    OPERATION_ID_TWICE "B0309" Tolerated "two operations have the same operationId, and the first one keeps it"
    OPERATION_ID_MISSING "B0310" Advised "an operation has no operationId"
    REFERENCE_FOR_OPERATION "B0311" Tolerated "an operation is a reference"
    PATH_PARAMETER_OPTIONAL "B0312" Tolerated "a path parameter is not marked as required, and is so all the same"
    PARAMETER_TWICE "B0313" Refused "two parameters of one list have the same name and place"
    HEADER_RESERVED "B0314" Advised "a header parameter or field is one that the specification sets aside, and is not heeded"
    STATUS_INVALID "B0315" Refused "a response is for something that is not a status, a range or the default"
    STATUS_RANGE_CASE "B0316" Tolerated "a range of statuses is not written in upper case"
    NO_RESPONSES "B0317" Tolerated "an operation has no response"
    METHOD_INVALID "B0318" Refused "an additional method is not a method token, or is one that has its own field"
    BODY_WITHOUT_MEANING "B0319" Advised "an operation has a body for which its method defines no meaning"
    PARAMETER_WITHOUT_SHAPE "B0320" Tolerated "a parameter or header has neither a schema nor content; any text is taken"
    STYLE_MISPLACED "B0321" Tolerated "a style is not for that place, and the default of the place is taken"
    CONTENT_NOT_SINGLE "B0322" Refused "a parameter's content has not exactly one media type"
    TAG_TWICE "B0323" Tolerated "two tags have the same name"
    TAG_UNDECLARED "B0324" Advised "an operation carries a tag that the document does not declare"
    MEDIA_TYPE_INVALID "B0325" Tolerated "a content key is not a media type or range"
    SERVER_VARIABLE_UNDECLARED "B0326" Tolerated "a server's URL names a variable that is not declared"
    SERVER_VARIABLE_DEFAULT "B0327" Tolerated "a server variable's default is none of its values"
    TAG_PARENT "B0328" Tolerated "a tag's parent is not declared, or is below it"
    QUERYSTRING_MIXED "B0329" Refused "a parameter for the whole query stands beside another one or beside query parameters"

    REFERENCE_DANGLES "B0401" Refused "a reference leads to nothing"
    REFERENCE_FILE "B0402" Refused "a reference leads to a file that cannot be read"
    REFERENCE_OUTSIDE "B0403" Refused "a reference leads out of the root folder"
    REFERENCE_NETWORK "B0404" Refused "a reference leads to the network, which is never asked"
    REFERENCE_CYCLE "B0405" Refused "references lead in a circle and never to a value"
    REFERENCE_SIBLINGS "B0406" Tolerated "fields stand beside a reference where they have no effect"
    REFERENCE_NOT_TEXT "B0407" Refused "a reference is not text"
    REFERENCE_MISPLACED "B0408" Tolerated "a reference stands where the specification allows none"
    REFERENCE_MALFORMED "B0409" Refused "a reference is not a URI reference with a JSON pointer or an anchor"
    REFERENCE_KIND "B0410" Refused "a reference leads to something of another kind"
    ANCHOR_TWICE "B0411" Refused "two schemas have the same `$id` or anchor"
    DYNAMIC_REFERENCE "B0412" Advised "a dynamic reference is taken as a plain one"
    REFERENCE_SPARE "B0413" Tolerated "a reference to an example or a link leads to nothing, and is left out"

    TYPE_UNKNOWN "B0501" Refused "a schema names a type that does not exist"
    KEYWORD_TYPE "B0502" Refused "a schema keyword has a value of the wrong type"
    NULLABLE_ENUM "B0503" Tolerated "a nullable schema lists values without null, which is added"
    NULLABLE_WITHOUT_TYPE "B0504" Tolerated "a nullable schema states no type; null is taken as allowed"
    FORMAT_UNKNOWN "B0505" Tolerated "a format is not a registered one, and is not checked"
    DIALECT "B0506" Advised "a schema dialect other than that of OpenAPI 3.1 is taken as that one"
    KEYWORD_OF_3_1 "B0507" Tolerated "a 3.0 schema is written as 3.1 writes it, and is taken so"
    KEYWORD_OF_3_0 "B0508" Tolerated "a 3.1 schema is written as 3.0 writes it, and is taken so"
    PATTERN_INVALID "B0509" Refused "a pattern is not a regular expression"
    PATTERN_COSTLY "B0510" Advised "a pattern may take time that grows steeply with its input"
    EXAMPLE_MISMATCH "B0511" Advised "an example or default does not match its schema"
    DISCRIMINATOR "B0512" Tolerated "a discriminator's mapping leads to nothing"
    BOUNDS_CONTRADICT "B0513" Advised "no value can satisfy the bounds of a schema"
    SCHEMA_CIRCLE "B0514" Tolerated "a schema asks for itself of the same value, and the circle is taken as satisfied"
    KEYWORD_OF_DRAFT "B0515" Tolerated "a schema is written as an early draft of JSON Schema writes it, and is taken so"

    SECURITY_UNDECLARED "B0601" Tolerated "a security requirement names a scheme that is not declared, and cannot be met"
    SCOPE_UNDECLARED "B0602" Advised "a security requirement names a scope that its scheme does not"
    SCOPES_WITHOUT_MEANING "B0603" Tolerated "scopes stand where the scheme has none"

    AMBIGUOUS "B0701" Advised "two templates of one method match a common path"

    UNSUPPORTED "B0801" Advised "something valid has no effect here"

    SECOND_OPINION "B0901" Advised "an independent model of OpenAPI 3.0 refuses the document"
    NOT_ALL_LISTED "B0999" Advised "there are more faults than are listed"
}
