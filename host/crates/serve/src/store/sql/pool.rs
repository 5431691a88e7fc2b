//! Connections for what needs none of its own for long. Each operation has one, on a thread for blocking work.

use crate::store::{Answer, StoreError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// How many connections there are at most.
const PLACES: usize = 16;

/// A connection that may serve again.
pub(crate) trait Reusable: Send + 'static {
    /// Whether the next operation may have it.
    fn serves(&mut self) -> bool;
}

type Connect<C> = Box<dyn Fn() -> Result<C, StoreError> + Send + Sync>;

pub(crate) struct Pool<C> {
    idle: Mutex<Vec<C>>,
    places: Semaphore,
    connect: Connect<C>,
}

impl<C: Reusable> Pool<C> {
    pub(crate) fn new(connect: impl Fn() -> Result<C, StoreError> + Send + Sync + 'static) -> Arc<Self> {
        let (idle, places) = (Mutex::default(), Semaphore::new(PLACES));
        Arc::new(Self { idle, places, connect: Box::new(connect) })
    }

    /// Does something with a connection.
    pub(crate) fn with<'a, T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut C) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'a, T>
    where
        Self: 'a,
    {
        let pool = Arc::clone(self);
        Box::pin(async move {
            // It is never closed.
            let _place = pool.places.acquire().await;
            let own = Arc::clone(&pool);
            let done = tokio::task::spawn_blocking(move || own.work(work)).await;
            done.unwrap_or_else(|error| Err(StoreError::Down { why: error.to_string() }))
        })
    }

    fn work<T>(&self, work: impl FnOnce(&mut C) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = match self.take() {
            Some(connection) => connection,
            None => (self.connect)()?,
        };
        let result = work(&mut connection);
        self.idle().push(connection);
        result
    }

    /// One that serves, of those that wait. Where one does not, none of them is waited for.
    fn take(&self) -> Option<C> {
        let mut idle = self.idle().pop()?;
        if idle.serves() {
            return Some(idle);
        }
        let others = std::mem::take(&mut *self.idle());
        drop(others);
        None
    }

    fn idle(&self) -> MutexGuard<'_, Vec<C>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
