use std::any::{Any, TypeId, type_name_of_val};
use std::fmt;

/// Values of one request by their types; empty, they cost nothing.
///
/// ```
/// use brrtrouter::middleware::Extensions;
///
/// #[derive(Debug, PartialEq)]
/// struct Tenant(u32);
///
/// let mut extensions = Extensions::default();
/// extensions.insert(Tenant(7));
/// assert_eq!(extensions.get::<Tenant>(), Some(&Tenant(7)));
/// ```
#[derive(Default)]
pub struct Extensions {
    /// A request has few of them: a scan finds one sooner than a hash.
    values: Vec<(TypeId, Box<dyn Any + Send + Sync>)>,
}

impl Extensions {
    /// Whether there never was a value.
    pub(crate) fn is_bare(&self) -> bool {
        self.values.capacity() == 0
    }

    /// Adds a value and returns the one of its type that was there.
    pub fn insert<T: Send + Sync + 'static>(&mut self, value: T) -> Option<T> {
        let before = self.remove::<T>();
        self.values.push((TypeId::of::<T>(), Box::new(value)));
        before
    }

    /// The value of that type.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        let (_, value) = self.values.iter().find(|one| one.0 == TypeId::of::<T>())?;
        value.downcast_ref()
    }

    /// The value of that type, to be changed.
    pub fn get_mut<T: Send + Sync + 'static>(&mut self) -> Option<&mut T> {
        let wanted = TypeId::of::<T>();
        let (_, value) = self.values.iter_mut().find(|one| one.0 == wanted)?;
        value.downcast_mut()
    }

    /// Takes the value of that type out.
    pub fn remove<T: Send + Sync + 'static>(&mut self) -> Option<T> {
        let wanted = TypeId::of::<T>();
        let place = self.values.iter().position(|one| one.0 == wanted)?;
        let (_, value) = self.values.swap_remove(place);
        value.downcast().ok().map(|value| *value)
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.values.iter().map(|(_, value)| type_name_of_val(value)))
            .finish()
    }
}
