//! What is usual: the median of what a broker had at this hour on the last days.

use super::abnormal::median;
use crate::capabilities::load::model::{Baseline, UsualSample, UsualSnapshot};

/// Days that are needed to call something usual.
const FEWEST_DAYS: usize = 3;

/// The baselines of a cluster's brokers, where enough days are known.
pub fn usual(sample: UsualSample) -> UsualSnapshot {
    let baseline = |values: Vec<f32>| {
        let mut values: Vec<f64> =
            values.into_iter().filter(|value| value.is_finite()).map(f64::from).collect();
        if values.len() < FEWEST_DAYS {
            return None;
        }
        let middle = median(&mut values)?;
        let mut distances: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
        Some(Baseline { median: middle, mad: median(&mut distances)?, days: values.len() as u32 })
    };
    let baselines = sample
        .values
        .into_iter()
        .filter_map(|(broker_id, metric, values)| Some(((broker_id, metric), baseline(values)?)));
    UsualSnapshot { baselines: baselines.collect() }
}
