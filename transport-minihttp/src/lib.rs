//! A careful adapter from may_minihttp to the transport seam.
