//! Route sets, and the routers that are asked for their routes.
//!
//! | module | holds |
//! |---|---|
//! | [`set`] | templates and the paths to look up, with the route that must win |
//! | [`contender`] | one face for this project's router and its peers |
//! | [`measure`] | rounds that take turns, and what is made of their times |

#![forbid(unsafe_code)]

pub mod contender;
pub mod measure;
pub mod set;
