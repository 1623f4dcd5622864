//! The document, in the order and with the names of `CycloneDX`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// A bill of materials.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Bill {
    bom_format: &'static str,
    spec_version: &'static str,
    version: u32,
    metadata: Metadata,
    #[serde(serialize_with = "values")]
    components: BTreeMap<String, Component>,
    #[serde(serialize_with = "edges")]
    dependencies: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Clone, Debug, Serialize)]
struct Metadata {
    component: Component,
}

/// Something that is shipped, or is in something that is.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Component {
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(rename = "bom-ref")]
    reference: String,
    name: String,
    version: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash>,
    licenses: [Licence; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<Property>,
}

/// What a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// It runs by itself.
    Application,
    /// Others use it.
    Library,
}

/// What the bytes of a component hash to, in hexadecimal.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Hash {
    alg: &'static str,
    content: String,
}

#[derive(Clone, Debug, Serialize)]
struct Licence {
    expression: String,
}

#[derive(Clone, Debug, Serialize)]
struct Property {
    name: String,
    value: String,
}

impl Bill {
    /// A bill of this whole.
    pub(super) fn new(component: Component) -> Self {
        Self {
            bom_format: "CycloneDX",
            spec_version: "1.6",
            version: 1,
            dependencies: BTreeMap::from([(component.reference.clone(), BTreeSet::new())]),
            metadata: Metadata { component },
            components: BTreeMap::new(),
        }
    }

    /// The reference of the whole.
    pub(super) fn whole(&self) -> String {
        self.metadata.component.reference.clone()
    }

    /// Adds a component, unless it is there, and returns its reference.
    pub(super) fn add(&mut self, component: Component) -> String {
        let reference = component.reference.clone();
        self.dependencies.entry(reference.clone()).or_default();
        self.components.entry(reference.clone()).or_insert(component);
        reference
    }

    /// Says that one has the other in it.
    pub(super) fn need(&mut self, one: &str, other: &str) {
        self.dependencies.entry(one.to_owned()).or_default().insert(other.to_owned());
    }
}

impl Component {
    /// A component that is found by its name and version.
    pub(super) fn new(kind: Kind, name: &str, version: &str, licence: &str) -> Self {
        Self {
            kind,
            reference: format!("{name}@{version}"),
            name: name.to_owned(),
            version: version.to_owned(),
            hashes: Vec::new(),
            // Older manifests write a choice with a stroke.
            licenses: [Licence { expression: licence.replace(" / ", "/").replace('/', " OR ") }],
            purl: None,
            properties: Vec::new(),
        }
    }

    /// The same as a package of a registry, which others know by this address.
    pub(super) fn with_purl(mut self, registry: &str) -> Self {
        // Of the signs in names and versions these are not taken as they are.
        let plain = |text: &str| text.replace('@', "%40").replace('+', "%2B");
        let purl = format!("pkg:{registry}/{}@{}", plain(&self.name), plain(&self.version));
        self.reference.clone_from(&purl);
        self.purl = Some(purl);
        self
    }

    /// The same with the hash of its bytes.
    pub(super) fn with_hash(mut self, hash: Hash) -> Self {
        self.hashes.push(hash);
        self
    }

    /// The same with something more to know.
    pub(super) fn with_property(mut self, name: &str, value: &str) -> Self {
        self.properties.push(Property { name: name.to_owned(), value: value.to_owned() });
        self
    }
}

impl Hash {
    pub(super) fn sha256(content: String) -> Self {
        Self { alg: "SHA-256", content }
    }

    pub(super) fn sha512(content: String) -> Self {
        Self { alg: "SHA-512", content }
    }
}

fn values<S: serde::Serializer>(map: &BTreeMap<String, Component>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(map.values())
}

fn edges<S: serde::Serializer>(map: &BTreeMap<String, BTreeSet<String>>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Edge<'a> {
        r#ref: &'a str,
        depends_on: &'a BTreeSet<String>,
    }
    serializer.collect_seq(map.iter().map(|(from, to)| Edge { r#ref: from, depends_on: to }))
}
