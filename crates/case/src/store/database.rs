//! A database by its address, with what lets somebody in.

use super::address::Address;
use super::password::{self, Password};
use crate::error::CaseError;

/// A database, and the password by which somebody logs in, if there is one.
#[derive(Debug, Clone)]
pub struct Database {
    pub(super) address: Address,
    #[cfg_attr(
        not(feature = "postgres"),
        expect(dead_code, reason = "nobody connects")
    )]
    pub(super) password: Option<Password>,
}

impl Database {
    /// A database by its address, as [`Address::read`] reads it.
    ///
    /// # Errors
    ///
    /// When it is no address, or the file of passwords cannot be used.
    pub fn read(text: &str, schema: &str) -> Result<Self, CaseError> {
        let (address, password) = Address::read(text, schema)?;
        match password {
            None => Self::at(address),
            password => Ok(Self { address, password }),
        }
    }

    /// A database at an address, with the password that the environment has for it.
    ///
    /// # Errors
    ///
    /// When the file of passwords cannot be used.
    pub fn at(address: Address) -> Result<Self, CaseError> {
        let user = password::user(&address)?;
        let password = password::found(&address, &user)?;
        Ok(Self { address, password })
    }

    /// Its address.
    pub fn address(&self) -> &Address {
        &self.address
    }
}
