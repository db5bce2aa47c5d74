//! Addresses of names, by the system, in threads that nobody waits for.
//!
//! The system's resolver cannot be interrupted. The HTTP library's own threads for it would be waited for at the end of
//! the program, long after the time limit of the request that needed them.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::thread;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::oneshot;

/// The resolver of the system.
#[derive(Debug)]
pub struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (sender, addresses) = oneshot::channel();
        let look_up = move || {
            let found = (name.as_str(), 0).to_socket_addrs().map(Iterator::collect::<Vec<SocketAddr>>);
            // Nobody listens any more once the time limit has passed.
            _ = sender.send(found);
        };
        Box::pin(async move {
            thread::Builder::new().name("resolver".to_owned()).spawn(look_up)?;
            let ended = || io::Error::other("the resolver ended without an answer");
            let found = addresses.await.map_err(|_| ended())??;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
