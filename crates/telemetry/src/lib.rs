//! What a running node tells its operators: metrics and traces.
