//! Connections for what needs none of its own for long. Each operation has one, on a thread for blocking work.

use crate::store::{Answer, StoreError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// How many connections there are at most.
const PLACES: usize = 16;

/// A connection that may serve again.
pub(crate) trait Reusable: Send + 'static {
    /// What happens on it from now on is another operation.
    fn begin(&mut self);

    /// Whether it is gone.
    fn is_gone(&self) -> bool;

    /// Whether something was done on it since the operation began.
    fn has_served(&self) -> bool;
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

    /// Does something with a connection. Where one that was idle turns out to be gone before anything was done, it is done
    /// with a new one.
    pub(crate) fn with<'a, T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&mut C) -> Result<T, StoreError> + Send + 'static,
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

    fn work<T>(&self, work: impl Fn(&mut C) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let taken = self.idle().pop();
        if let Some(mut connection) = taken {
            connection.begin();
            let result = work(&mut connection);
            if !connection.is_gone() {
                self.idle().push(connection);
                return result;
            }
            // The others are of the same age.
            let others = std::mem::take(&mut *self.idle());
            drop(others);
            if connection.has_served() {
                return result;
            }
        }
        let mut connection = (self.connect)()?;
        let result = work(&mut connection);
        if !connection.is_gone() {
            self.idle().push(connection);
        }
        result
    }

    fn idle(&self) -> MutexGuard<'_, Vec<C>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
