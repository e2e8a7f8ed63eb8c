//! Criterion's own files of one benchmark: `new/benchmark.json`, `new/estimates.json`, `new/sample.json`. Other keys of theirs are passed over.

use serde::Deserialize;

use super::model::{Benchmark, Estimate};

/// Why criterion's files tell nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutputProblem {
    /// No JSON, or not of the shape that criterion 0.5 to 0.8 write.
    #[error("`{0}` is not as criterion writes it: {1}")]
    Shape(&'static str, String),
    /// A number that no time can be.
    #[error("`estimates.json` holds {0}, which is no time")]
    NoTime(String),
}

#[derive(Deserialize)]
struct Identity {
    group_id: String,
    function_id: Option<String>,
    value_str: Option<String>,
}

#[derive(Deserialize)]
struct Estimates {
    mean: Estimated,
    median: Estimated,
}

#[derive(Deserialize)]
struct Estimated {
    point_estimate: f64,
    confidence_interval: Interval,
}

#[derive(Deserialize)]
struct Interval {
    confidence_level: f64,
    lower_bound: f64,
    upper_bound: f64,
}

#[derive(Deserialize)]
struct Sample {
    times: Vec<f64>,
}

/// The group that a benchmark belongs to, and what was measured of it.
///
/// # Errors
/// If one of the files is not as criterion writes it.
pub fn measured(identity: &str, estimates: &str, sample: &str) -> Result<(String, Benchmark), OutputProblem> {
    let identity: Identity = json("benchmark.json", identity)?;
    let estimates: Estimates = json("estimates.json", estimates)?;
    let sample: Sample = json("sample.json", sample)?;
    let name = [identity.function_id, identity.value_str].into_iter().flatten().collect::<Vec<_>>().join("/");
    let benchmark = Benchmark {
        name: if name.is_empty() { identity.group_id.clone() } else { name },
        samples: sample.times.len(),
        median: estimate(&estimates.median)?,
        mean: estimate(&estimates.mean)?,
    };
    Ok((identity.group_id, benchmark))
}

fn json<'a, T: Deserialize<'a>>(file: &'static str, text: &'a str) -> Result<T, OutputProblem> {
    serde_json::from_str(text).map_err(|error| OutputProblem::Shape(file, error.to_string()))
}

fn estimate(estimated: &Estimated) -> Result<Estimate, OutputProblem> {
    let Interval { confidence_level, lower_bound, upper_bound } = estimated.confidence_interval;
    let times = [estimated.point_estimate, lower_bound, upper_bound];
    match times.iter().find(|time| !time.is_finite() || **time < 0.0) {
        Some(other) => Err(OutputProblem::NoTime(other.to_string())),
        None => Ok(Estimate {
            ns: rounded(times[0]),
            low: rounded(times[1]),
            high: rounded(times[2]),
            level: confidence_level,
        }),
    }
}

/// Picoseconds are finer than any clock.
fn rounded(nanoseconds: f64) -> f64 {
    (nanoseconds * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTITY: &str = r#"{"group_id":"redact 1 MiB","function_id":"redact","value_str":null,"throughput":{"Bytes":1048576},"full_id":"redact 1 MiB/redact","directory_name":"redact 1 MiB/redact","title":"redact 1 MiB/redact"}"#;
    const ESTIMATES: &str = r#"{"mean":{"confidence_interval":{"confidence_level":0.95,"lower_bound":10.5,"upper_bound":12.25},"point_estimate":11.00049,"standard_error":0.4},"median":{"confidence_interval":{"confidence_level":0.95,"lower_bound":10.0,"upper_bound":12.0},"point_estimate":11.0,"standard_error":0.5},"median_abs_dev":null,"slope":null,"std_dev":null}"#;
    const SAMPLE: &str = r#"{"sampling_mode":"Linear","iters":[1.0,2.0,3.0],"times":[11.0,22.0,33.0]}"#;

    #[test]
    fn criterion_s_files_are_read() {
        let (group, benchmark) = measured(IDENTITY, ESTIMATES, SAMPLE).unwrap();
        assert_eq!((group.as_str(), benchmark.name.as_str(), benchmark.samples), ("redact 1 MiB", "redact", 3));
        assert_eq!(benchmark.median, Estimate { ns: 11.0, low: 10.0, high: 12.0, level: 0.95 });
        assert_eq!((benchmark.mean.ns, benchmark.mean.high), (11.0, 12.25));
        let with_value = IDENTITY.replace("\"value_str\":null", "\"value_str\":\"7\"");
        assert_eq!(measured(&with_value, ESTIMATES, SAMPLE).unwrap().1.name, "redact/7");
    }

    #[test]
    fn what_is_no_measurement_is_refused() {
        let problem = |identity, estimates, sample| measured(identity, estimates, sample).unwrap_err().to_string();
        assert!(problem("{", ESTIMATES, SAMPLE).starts_with("`benchmark.json` is not as criterion writes it"));
        assert!(problem(IDENTITY, "[]", SAMPLE).starts_with("`estimates.json`"));
        assert!(problem(IDENTITY, ESTIMATES, "7").starts_with("`sample.json`"));
        let negative = ESTIMATES.replace("\"point_estimate\":11.0,", "\"point_estimate\":-1.0,");
        assert_eq!(problem(IDENTITY, &negative, SAMPLE), "`estimates.json` holds -1, which is no time");
    }
}
