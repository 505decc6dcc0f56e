//! Access of tests to the description.

use super::operations;

/// Returns the `operationId` of every operation of the router.
pub(crate) fn described_operations() -> Vec<String> {
    let (_, mut described) = crate::router::api().split_for_parts();
    let items = described.paths.paths.values_mut();
    items.flat_map(operations).filter_map(|(_, operation)| operation.operation_id.clone()).collect()
}
