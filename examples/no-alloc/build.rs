//! `openapi.yaml` → frozen tables, as Rust.

use std::error::Error;
use std::path::Path;

use brrtrouter_core::Router;
use brrtrouter_spec::load_spec;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=openapi.yaml");
    let spec = load_spec("openapi.yaml").map_err(|error| error.to_string())?;
    let tables = Router::compile(&spec)?.freeze();
    let file = Path::new(&std::env::var("OUT_DIR")?).join("routes.rs");
    std::fs::write(file, tables.to_rust("ROUTES").to_string())?;
    Ok(())
}
