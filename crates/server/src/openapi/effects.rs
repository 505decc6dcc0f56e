//! The environments whose state each operation may change.

/// The environments whose state an operation may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It changes nothing.
    None,
    /// It changes what belongs to the key's environment.
    KeyEnvironment,
    /// It changes what both environments share. A test key may do so until the tenant has a live key.
    BothEnvironments,
}

/// The extension that declares the effect of an operation.
pub(super) const EXTENSION: &str = "x-changes";

impl Effect {
    /// Returns the word of the description.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::KeyEnvironment => "key-environment",
            Self::BothEnvironments => "both-environments",
        }
    }
}

/// Returns the effect of an operation, by its `operationId`, or `None` for an operation that is not here.
pub(super) fn of(operation: &str) -> Option<Effect> {
    Some(match operation {
        "listBatches" | "getBatch" | "getCredential" | "listWebhooks" | "getOwnTenant" | "getTenant" => {
            Effect::None
        }
        "createBatch" | "revokeCredential" | "eraseCredential" | "createWebhook" | "deleteWebhook"
        | "testWebhook" => Effect::KeyEnvironment,
        "updateOwnTenant" => Effect::BothEnvironments,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_declares_what_it_changes() {
        for operation in crate::openapi::testing::described_operations() {
            assert!(of(&operation).is_some(), "{operation}");
        }
    }
}
