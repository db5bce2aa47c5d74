//! What `-o` takes: the formats of rows, which every command has, and metrics, which only `partners check` has.

use std::sync::LazyLock;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::Format;

/// What `-o` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// A format that can also be configured.
    Rows(Format),
    /// The text format of Prometheus.
    Prometheus,
}

/// The name of [`OutputFormat::Prometheus`].
pub const PROMETHEUS: &str = "prometheus";

impl OutputFormat {
    /// The word that names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rows(format) => format.name(),
            Self::Prometheus => PROMETHEUS,
        }
    }

    /// The format of rows, if it is one.
    pub fn rows(self) -> Option<Format> {
        match self {
            Self::Rows(format) => Some(format),
            Self::Prometheus => None,
        }
    }
}

impl ValueEnum for OutputFormat {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<OutputFormat>> = LazyLock::new(|| {
            let rows = Format::value_variants().iter().copied().map(OutputFormat::Rows);
            rows.chain([OutputFormat::Prometheus]).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Rows(format) => format.to_possible_value(),
            Self::Prometheus => {
                Some(PossibleValue::new(PROMETHEUS).help("Metrics for node_exporter (partners check only)"))
            }
        }
    }
}
