//! Tests of reading webhooks.
