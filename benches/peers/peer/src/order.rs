//! What `/orders` takes and gives; the bench server has this very file.

use serde::{Deserialize, Serialize};

/// The body of `order`.
#[derive(Debug, Deserialize)]
pub struct Order {
    id: String,
    customer: String,
    email: Option<String>,
    express: bool,
    address: Address,
    lines: Vec<Line>,
}

/// Where an order goes.
#[derive(Debug, Deserialize)]
pub struct Address {
    street: String,
    city: String,
    zip: String,
    country: String,
}

/// One thing that is ordered.
#[derive(Debug, Deserialize)]
pub struct Line {
    sku: String,
    quantity: u32,
    price: u64,
}

/// The answer of `order`.
#[derive(Debug, Serialize)]
pub struct Receipt {
    id: String,
    lines: usize,
    total: u64,
}

impl Order {
    /// What it comes to. Every field is looked at, so that none is read in vain.
    pub fn receipt(self) -> Receipt {
        let lines = self.lines.iter();
        let total: u64 = lines
            .filter(|line| !line.sku.is_empty())
            .map(|line| u64::from(line.quantity) * line.price)
            .sum();
        let address = &self.address;
        let texts = [&self.customer, &address.street, &address.city, &address.zip];
        let is_complete = texts.iter().all(|text| !text.is_empty());
        let is_abroad = address.country != "CH" && self.email.is_some();
        Receipt {
            id: self.id,
            lines: self.lines.len(),
            total: total * u64::from(is_complete) + u64::from(self.express && is_abroad),
        }
    }
}
