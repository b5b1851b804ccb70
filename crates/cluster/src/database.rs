//! A database of a cluster, for one test.

use std::process::Command;
use std::sync::atomic::Ordering;

use crate::Cluster;

/// A database that is dropped with this value.
#[derive(Debug)]
pub struct Database<'a> {
    cluster: &'a Cluster,
    name: String,
}

impl<'a> Database<'a> {
    pub(crate) fn create(cluster: &'a Cluster, template: &str) -> Self {
        // Other processes may use the same server.
        let number = cluster.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        cluster.execute("postgres", &format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\""));
        Self { cluster, name }
    }

    /// The cluster that it is of.
    pub fn cluster(&self) -> &Cluster {
        self.cluster
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its `postgres://` URL.
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }

    /// `psql` in it; see [`Cluster::psql`].
    pub fn psql(&self) -> Command {
        self.cluster.psql(&self.name)
    }

    /// Runs SQL in it; see [`Cluster::execute`].
    pub fn execute(&self, sql: &str) -> String {
        self.cluster.execute(&self.name, sql)
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        // A test that fails with its server stopped must show its own failure, not this one.
        if !std::thread::panicking() {
            self.cluster.execute("postgres", &format!("DROP DATABASE \"{}\" WITH (FORCE)", self.name));
        }
    }
}
