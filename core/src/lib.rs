//! Path templates, per-method tries, lookup and parameter extraction, without allocation.
