//! What the whole-server tests share: servers on ports that the system chooses, and clients.

#![forbid(unsafe_code)]

pub mod client;
pub mod server;

pub use client::{Client, Reply};
pub use server::{On, Running, Served, pet_store, service_of};

/// Makes a test on each transport of each of these functions of [`On`].
#[macro_export]
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod raw {
            $(#[test] fn $test() { super::$test($crate::On::Raw); })+
        }
        mod minihttp {
            $(#[test] fn $test() { super::$test($crate::On::MiniHttp); })+
        }
    };
}
