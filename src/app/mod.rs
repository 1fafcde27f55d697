//! Assembly and life: configuration, building the studio, serving, health.
