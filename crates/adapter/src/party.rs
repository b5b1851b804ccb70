//! On whose behalf work is done. It travels with the task instead of through every port, so that the rules of the microblog
//! need not know that anybody queues.

use std::net::IpAddr;

tokio::task_local! {
    static PARTY: Party;
}

/// Who has a share of something busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// The service itself, or an operator's command: it takes its turn like others, but has no share that is full.
    Service,
    /// The user with that id.
    User(i64),
    /// A key that is being looked up, by a part of its hash.
    Key(u64),
    /// A client of which only the address is known.
    Address(IpAddr),
}

impl Party {
    /// The party on whose behalf this task runs; [`Party::Service`] where nobody said so.
    pub fn current() -> Self {
        PARTY.try_with(|party| *party).unwrap_or(Self::Service)
    }

    /// Runs the work on behalf of this party. A task that it spawns begins anew as the service's, unless it is given
    /// [`Party::current`] on its way.
    pub fn on_behalf<T>(self, work: impl Future<Output = T>) -> impl Future<Output = T> {
        PARTY.scope(self, work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_on_behalf_of_whom_it_was_given_to_and_else_of_the_service() {
        assert_eq!(Party::current(), Party::Service);
        let seen = async { Party::current() };
        assert_eq!(Party::User(7).on_behalf(seen).await, Party::User(7));
        assert_eq!(Party::current(), Party::Service);
    }
}
