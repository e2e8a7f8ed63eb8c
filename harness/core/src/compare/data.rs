//! JSON and YAML as one sort of data, keys in the order in which they stand. Pure; touches nothing.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use crate::markup::model::ExpectFormat;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Data {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    List(Vec<Data>),
    Map(Vec<(String, Data)>),
}

/// Why a text is no data: what is wrong, and where if that is known, in bytes.
#[derive(Debug)]
pub(super) struct NoData {
    pub(super) message: String,
    pub(super) offset: usize,
}

impl Data {
    /// Reads one value of `format` (which is not text).
    pub(super) fn read(text: &str, format: ExpectFormat) -> Result<Self, NoData> {
        if format == ExpectFormat::Json {
            return serde_json::from_str(text).map_err(|error| NoData {
                offset: offset(text, error.line(), error.column()),
                message: error.to_string(),
            });
        }
        let options = serde_saphyr::options! {
            strict_booleans: true,
            with_snippet: false,
            budget: serde_saphyr::budget! { max_depth: 64, max_nodes: 100_000, max_aliases: 100 },
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 100_000 },
        };
        serde_saphyr::from_str_with_options(text, options).map_err(|error| {
            let place = error.location().map(|location| (location.line() as usize, location.column() as usize));
            NoData {
                offset: place.map_or(0, |(line, column)| offset(text, line, column)),
                message: first_line(&error.to_string()),
            }
        })
    }

    /// The value as text of `format`, over several lines.
    pub(crate) fn write(&self, format: ExpectFormat) -> String {
        if format == ExpectFormat::Yaml
            && let Ok(text) = serde_saphyr::to_string(self)
        {
            return text.trim_end().to_owned();
        }
        let mut out = String::new();
        self.json(Some(0), &mut out);
        out
    }

    /// The value as JSON on one line.
    pub(crate) fn one_line(&self) -> String {
        let mut out = String::new();
        self.json(None, &mut out);
        out
    }

    /// The bytes of its own text; those of what is in it are not counted.
    pub(super) fn own_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Map(entries) => entries.iter().map(|(key, _)| key.len()).sum(),
            _ => 0,
        }
    }

    /// A text, number, truth or null as a pattern sees it; nothing for lists and maps.
    pub(super) fn scalar(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::List(_) | Self::Map(_) => None,
            other => Some(other.one_line()),
        }
    }

    fn json(&self, indent: Option<usize>, out: &mut String) {
        let line = |depth: usize, out: &mut String| {
            if indent.is_some() {
                out.push('\n');
                // Deeper down, indentation would be most of the text.
                out.extend(std::iter::repeat_n("  ", depth.min(32)));
            }
        };
        let depth = indent.unwrap_or(0);
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Int(value) => out.push_str(&value.to_string()),
            Self::Float(value) => out.push_str(
                &serde_json::Number::from_f64(*value).map_or_else(|| "null".to_owned(), |number| number.to_string()),
            ),
            Self::Text(text) => out.push_str(&serde_json::Value::String(text.clone()).to_string()),
            Self::List(items) if items.is_empty() => out.push_str("[]"),
            Self::Map(entries) if entries.is_empty() => out.push_str("{}"),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(separator(at, indent));
                    line(depth + 1, out);
                    item.json(indent.map(|depth| depth + 1), out);
                }
                line(depth, out);
                out.push(']');
            }
            Self::Map(entries) => {
                out.push('{');
                for (at, (key, value)) in entries.iter().enumerate() {
                    out.push_str(separator(at, indent));
                    line(depth + 1, out);
                    out.push_str(&serde_json::Value::String(key.clone()).to_string());
                    out.push_str(": ");
                    value.json(indent.map(|depth| depth + 1), out);
                }
                line(depth, out);
                out.push('}');
            }
        }
    }
}

fn separator(at: usize, indent: Option<usize>) -> &'static str {
    match (at, indent) {
        (0, _) => "",
        (_, Some(_)) => ",",
        (_, None) => ", ",
    }
}

/// The byte at a line and a column, both from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

struct DataVisitor;

impl<'de> Visitor<'de> for DataVisitor {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }
    fn visit_none<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Data, D::Error> {
        Data::deserialize(inner)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Data, E> {
        Ok(Data::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Data, E> {
        Ok(Data::Int(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Data, E> {
        Ok(Data::Int(value.into()))
    }
    fn visit_i128<E>(self, value: i128) -> Result<Data, E> {
        Ok(Data::Int(value))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Data, E> {
        Ok(Data::Float(value))
    }
    fn visit_str<E>(self, value: &str) -> Result<Data, E> {
        Ok(Data::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Data, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Data::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Data, A::Error> {
        let mut map: Vec<(String, Data)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while let Some(key) = entries.next_key::<Data>()? {
            let Some(key) = key.scalar() else { return Err(A::Error::custom("a key is a list or a map")) };
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom(format!("the key `{key}` stands there twice")));
            }
            map.push((key, entries.next_value()?));
        }
        Ok(Data::Map(map))
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DataVisitor)
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => match i64::try_from(*value) {
                Ok(value) => serializer.serialize_i64(value),
                Err(_) => serializer.serialize_i128(*value),
            },
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}
