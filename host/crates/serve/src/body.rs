//! Bodies of requests, read within limits of size, time and memory, before anything of them is looked at.

use crate::shared::PIECE;
use axum::body::Body;
use axum::http::HeaderMap;
use http_body_util::BodyExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TooMuch {
    Size,
    Time,
    Memory,
    Broken,
}

/// A body, and its share of the memory for all bodies.
pub(crate) struct Held {
    pub(crate) bytes: Vec<u8>,
    _memory: Vec<OwnedSemaphorePermit>,
}

/// Reads a body. Nobody is known yet, so a sender gets no more than its share: neither of memory nor of time.
pub(crate) async fn read(
    body: Body,
    headers: &HeaderMap,
    limit: usize,
    time: Duration,
    memory: &Arc<Semaphore>,
) -> Result<Held, TooMuch> {
    let announced =
        headers.get("content-length").and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(TooMuch::Size);
    }
    let mut held = Held { bytes: Vec::new(), _memory: Vec::new() };
    match tokio::time::timeout(time, fill(&mut held, body, limit, memory)).await {
        Ok(read) => read.map(|()| held),
        Err(_) => Err(TooMuch::Time),
    }
}

async fn fill(held: &mut Held, mut body: Body, limit: usize, memory: &Arc<Semaphore>) -> Result<(), TooMuch> {
    let mut room = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| TooMuch::Broken)?.into_data() else { continue };
        let length = held.bytes.len() + data.len();
        if length > limit {
            return Err(TooMuch::Size);
        }
        if length > room {
            let pieces = u32::try_from((length - room).div_ceil(PIECE)).map_err(|_| TooMuch::Size)?;
            let permit = Arc::clone(memory).try_acquire_many_owned(pieces).map_err(|_| TooMuch::Memory)?;
            held._memory.push(permit);
            room += pieces as usize * PIECE;
        }
        held.bytes.extend_from_slice(&data);
    }
    Ok(())
}
