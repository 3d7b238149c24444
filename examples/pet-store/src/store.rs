//! The pets, in memory.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use brrtrouter::extract::LastEventId;
use brrtrouter::stream::{EventHub, EventStream, HubLimits};
use bytes::Bytes;
use serde::Serialize;
use uuid::Uuid;

use crate::pet::{NewPet, Pet, PetPatch, Species, Status};
use crate::visit::{NewVisit, Visit};

/// The most idempotency keys that are remembered; the oldest are forgotten first.
const MOST_KEYS: usize = 10_000;

/// Pets, visits and photos, and a hub that tells what changes.
///
/// The lock is held for a look or a change in memory, never across a wait.
#[derive(Debug)]
pub struct Store {
    shelves: RwLock<Shelves>,
    hub: EventHub,
}

#[derive(Debug, Default)]
struct Shelves {
    /// By the order in which the pets came.
    pets: BTreeMap<u64, Record>,
    order: HashMap<Uuid, u64>,
    came: u64,
    /// Idempotency keys and the pets that they made, oldest first.
    keys: VecDeque<(String, Uuid)>,
    by_key: HashMap<String, Uuid>,
}

#[derive(Debug)]
struct Record {
    pet: Pet,
    visits: Vec<Visit>,
    photo: Option<Bytes>,
}

/// One page of pets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// The pets.
    pub pets: Vec<Pet>,
    /// The cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What is sought.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Any of these species; all where empty.
    pub species: Vec<Species>,
    /// All of these tags.
    pub tags: Vec<String>,
    /// At least this old.
    pub min_age: Option<u8>,
}

impl Store {
    /// A store without pets.
    pub fn new() -> Self {
        Self {
            shelves: RwLock::default(),
            hub: EventHub::new(HubLimits::default()),
        }
    }

    /// A store with three pets to look at.
    pub fn with_samples() -> Self {
        let store = Self::new();
        let samples = [
            (SAMPLE, "Mimi", Species::Cat, 3, "shy"),
            (Uuid::new_v4(), "Rex", Species::Dog, 7, "loud"),
            (Uuid::new_v4(), "Pip", Species::Bird, 1, "small"),
        ];
        for (id, name, species, age, tag) in samples {
            let pet = NewPet {
                name: name.to_owned(),
                species,
                status: Status::Available,
                age: Some(age),
                tags: vec![tag.to_owned()],
            };
            store.write().take_in(id, pet);
        }
        store
    }

    /// Takes in a pet; a key that was used before returns the pet that it made.
    pub fn create(&self, new: NewPet, key: Option<String>) -> Pet {
        let mut shelves = self.write();
        if let Some(pet) = key.as_deref().and_then(|key| shelves.made_by(key)) {
            return pet;
        }
        let pet = shelves.take_in(Uuid::new_v4(), new);
        if let Some(key) = key {
            shelves.remember(key, pet.id);
        }
        drop(shelves);
        self.tell("created", &pet);
        pet
    }

    /// The pet of that id.
    pub fn find(&self, id: Uuid) -> Option<Pet> {
        self.read().record(id).map(|record| record.pet.clone())
    }

    /// A page of the pets of that status, from after `cursor`.
    pub fn list(&self, status: Option<Status>, limit: usize, cursor: Option<u64>) -> Page {
        let shelves = self.read();
        let from = cursor.map_or(0, |cursor| cursor.saturating_add(1));
        let mut wanted = shelves
            .pets
            .range(from..)
            .filter(|(_, record)| status.is_none_or(|status| record.pet.status == status));
        let page: Vec<_> = wanted.by_ref().take(limit).collect();
        let last = page.last().map(|(came, _)| **came);
        let next = last.filter(|_| wanted.next().is_some());
        Page {
            pets: page.iter().map(|(_, record)| record.pet.clone()).collect(),
            next: next.map(|came| format!("{came:016x}")),
        }
    }

    /// The pets that fit, in the order in which they came.
    pub fn search(&self, search: &Search) -> Vec<Pet> {
        let fits = |pet: &Pet| {
            (search.species.is_empty() || search.species.contains(&pet.species))
                && search.tags.iter().all(|tag| pet.tags.contains(tag))
                && search
                    .min_age
                    .is_none_or(|least| pet.age.is_some_and(|age| age >= least))
        };
        let shelves = self.read();
        let pets = shelves.pets.values().map(|record| &record.pet);
        pets.filter(|pet| fits(pet)).cloned().collect()
    }

    /// Replaces what is known of a pet.
    pub fn replace(&self, id: Uuid, new: NewPet) -> Option<Pet> {
        self.change(id, |pet| {
            pet.name = new.name;
            pet.species = new.species;
            pet.status = new.status;
            pet.age = new.age;
            pet.tags = new.tags;
        })
    }

    /// Changes some of what is known of a pet.
    pub fn update(&self, id: Uuid, patch: PetPatch) -> Option<Pet> {
        self.change(id, |pet| {
            pet.name = patch.name.unwrap_or_else(|| std::mem::take(&mut pet.name));
            pet.status = patch.status.unwrap_or(pet.status);
            pet.age = patch.age.or(pet.age);
            pet.tags = patch.tags.unwrap_or_else(|| std::mem::take(&mut pet.tags));
        })
    }

    /// Lets a pet go; whether there was one.
    pub fn remove(&self, id: Uuid) -> bool {
        let mut shelves = self.write();
        let Some(record) = shelves
            .order
            .remove(&id)
            .and_then(|came| shelves.pets.remove(&came))
        else {
            return false;
        };
        drop(shelves);
        self.tell("deleted", &record.pet);
        true
    }

    /// A pet's visits.
    pub fn visits(&self, pet: Uuid) -> Option<Vec<Visit>> {
        self.read().record(pet).map(|record| record.visits.clone())
    }

    /// One of a pet's visits.
    pub fn visit(&self, pet: Uuid, visit: u32) -> Option<Visit> {
        let shelves = self.read();
        let visits = &shelves.record(pet)?.visits;
        visits.iter().find(|one| one.id == visit).cloned()
    }

    /// Records a visit.
    pub fn add_visit(&self, pet: Uuid, new: NewVisit) -> Option<Visit> {
        let mut shelves = self.write();
        let visits = &mut shelves.record_mut(pet)?.visits;
        let visit = Visit {
            id: u32::try_from(visits.len()).ok()?.checked_add(1)?,
            pet_id: pet,
            reason: new.reason,
            date: new.date,
        };
        visits.push(visit.clone());
        drop(shelves);
        self.tell("visited", &visit);
        Some(visit)
    }

    /// A pet's photo.
    pub fn photo(&self, pet: Uuid) -> Option<Bytes> {
        self.read().record(pet)?.photo.clone()
    }

    /// Stores a pet's photo; whether there is such a pet.
    pub fn set_photo(&self, pet: Uuid, photo: Bytes) -> bool {
        let mut shelves = self.write();
        let Some(record) = shelves.record_mut(pet) else {
            return false;
        };
        record.photo = Some(photo);
        record.pet.has_photo = true;
        true
    }

    /// What changes from now on, or from after the last event that a returning client has seen.
    pub fn changes_since(&self, since: &LastEventId) -> EventStream {
        self.hub.subscribe(since)
    }

    fn change(&self, id: Uuid, change: impl FnOnce(&mut Pet)) -> Option<Pet> {
        let mut shelves = self.write();
        let pet = &mut shelves.record_mut(id)?.pet;
        change(pet);
        let pet = pet.clone();
        drop(shelves);
        self.tell("updated", &pet);
        Some(pet)
    }

    fn tell(&self, event: &str, what: &impl Serialize) {
        if let Ok(data) = serde_json::to_string(what) {
            // The names of events are words of this program, without line breaks.
            let _ = self.hub.publish(event, data);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Shelves> {
        self.shelves.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Shelves> {
        self.shelves.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The id of the first sample.
pub const SAMPLE: Uuid = Uuid::from_u128(0x6d1a_7a1e_0c4f_4b0e_9a57_3d1f_5e2b_8c90);

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

impl Shelves {
    fn take_in(&mut self, id: Uuid, new: NewPet) -> Pet {
        let pet = Pet {
            id,
            name: new.name,
            species: new.species,
            status: new.status,
            age: new.age,
            tags: new.tags,
            has_photo: false,
        };
        let record = Record {
            pet: pet.clone(),
            visits: Vec::new(),
            photo: None,
        };
        self.order.insert(id, self.came);
        self.pets.insert(self.came, record);
        self.came += 1;
        pet
    }

    fn record(&self, id: Uuid) -> Option<&Record> {
        self.pets.get(self.order.get(&id)?)
    }

    fn record_mut(&mut self, id: Uuid) -> Option<&mut Record> {
        self.pets.get_mut(self.order.get(&id)?)
    }

    fn made_by(&self, key: &str) -> Option<Pet> {
        let record = self.record(*self.by_key.get(key)?)?;
        Some(record.pet.clone())
    }

    fn remember(&mut self, key: String, pet: Uuid) {
        self.by_key.insert(key.clone(), pet);
        self.keys.push_back((key, pet));
        while self.keys.len() > MOST_KEYS {
            // A key may have been given again after its pet was let go.
            if let Some((key, pet)) = self.keys.pop_front()
                && self.by_key.get(&key) == Some(&pet)
            {
                self.by_key.remove(&key);
            }
        }
    }
}
