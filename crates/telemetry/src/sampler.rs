//! The choice of the traces that are exported: a share of them that callers can't choose.

use std::hash::{BuildHasher as _, RandomState};

use opentelemetry::trace::{Link, SpanKind, TraceContextExt as _, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

/// Decides by a keyed hash of the trace's id. The caller chooses that id and the flag beside it, but does not know the
/// key, which is drawn at the start of the process. All spans of a trace in this process are exported, or none.
#[derive(Debug, Clone)]
pub(crate) struct OwnSampler {
    key: RandomState,
    percent: u8,
}

impl OwnSampler {
    /// Creates a sampler for a share of traces, in percent.
    pub(crate) fn new(percent: u8) -> Self {
        Self { key: RandomState::new(), percent }
    }

    fn is_sampled(&self, trace_id: TraceId) -> bool {
        self.key.hash_one(trace_id.to_bytes()) % 100 < u64::from(self.percent)
    }
}

impl ShouldSample for OwnSampler {
    fn should_sample(
        &self,
        parent_context: Option<&Context>,
        trace_id: TraceId,
        _name: &str,
        _span_kind: &SpanKind,
        _attributes: &[KeyValue],
        _links: &[Link],
    ) -> SamplingResult {
        let decision = match self.is_sampled(trace_id) {
            true => SamplingDecision::RecordAndSample,
            false => SamplingDecision::Drop,
        };
        let trace_state = parent_context
            .map_or(TraceState::NONE, |parent| parent.span().span_context().trace_state().clone());
        SamplingResult { decision, attributes: Vec::new(), trace_state }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampled(sampler: &OwnSampler, ids: impl Iterator<Item = u128>) -> usize {
        let decide =
            |id| sampler.should_sample(None, TraceId::from(id), "", &SpanKind::Server, &[], &[]).decision;
        ids.filter(|id| decide(*id) == SamplingDecision::RecordAndSample).count()
    }

    #[test]
    fn the_share_is_that_of_the_settings() {
        for (percent, range) in [(0, 0..=0), (10, 800..=1_200), (50, 4_700..=5_300), (100, 10_000..=10_000)] {
            let sampled = sampled(&OwnSampler::new(percent), 1..=10_000);
            assert!(range.contains(&sampled), "{percent} %: {sampled}");
        }
    }

    /// Checks the ids that a sampler by the id's value takes first, and those that it takes last.
    #[test]
    fn a_caller_that_chooses_the_id_does_not_choose_whether_it_is_traced() {
        let sampler = OwnSampler::new(50);
        for start in [1, u128::from(u64::MAX) - 10_000, u128::MAX - 10_000] {
            let sampled = sampled(&sampler, start..start + 10_000);
            assert!((4_700..=5_300).contains(&sampled), "{sampled} from {start}");
        }
        // Another process decides otherwise.
        let decisions =
            |sampler: &OwnSampler| (1..=64).map(|id| sampled(sampler, id..=id)).collect::<Vec<_>>();
        assert_eq!(decisions(&sampler), decisions(&sampler.clone()));
        assert_ne!(decisions(&sampler), decisions(&OwnSampler::new(50)));
    }
}
