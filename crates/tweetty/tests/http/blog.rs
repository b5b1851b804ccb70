//! A microblog under test: a service, the people in it, and what is true at the end of each test.

use std::path::PathBuf;
use std::time::Duration;

use crate::client::{Client, Person};
use crate::support::{Data, Service, Store};

/// How the keys of these tests begin; no log may contain one.
const KEY_PREFIX: &str = "key-of-";

/// A running service with its people. Where the test succeeded, its end stops the service and checks the store.
pub(crate) struct Blog {
    service: Service,
    /// A client without a key.
    pub(crate) nobody: Client,
}

impl Blog {
    /// A fresh microblog on that store.
    pub(crate) async fn open(store: Store) -> Self {
        Self::with(store, &[]).await
    }

    /// A fresh microblog with settings of its own.
    pub(crate) async fn with(store: Store, settings: &[(&str, &str)]) -> Self {
        Self::within(store, settings, &[]).await
    }

    /// A fresh microblog with settings of its own, started by another program that becomes the service.
    pub(crate) async fn within(store: Store, settings: &[(&str, &str)], starter: &[&str]) -> Self {
        let mut data = Data::fresh(store);
        for (name, value) in settings {
            data.set(name, value);
        }
        Self::on(data, starter).await
    }

    /// A company of three years that ends now, and the client of somebody who follows ten of its people.
    pub(crate) async fn seeded(store: Store, users: u32, tweets: u32) -> (Self, Client) {
        let data = Data::fresh(store);
        let figures = [("users", users), ("tweets", tweets), ("likes", 10 * tweets), ("follows", 5 * users)];
        let figures = figures.map(|(name, number)| format!("--{name}={number}"));
        let arguments =
            ["seed", "--json", "--until=now"].into_iter().chain(figures.iter().map(String::as_str));
        let seeded = tokio::task::block_in_place(|| data.cli(&arguments.collect::<Vec<_>>()).json());
        let blog = Self::on(data, &[]).await;
        let probe = blog.nobody.with_key(seeded["probes"][0]["api_key"].as_str().unwrap());
        (blog, probe)
    }

    async fn on(data: Data, starter: &[&str]) -> Self {
        let service = tokio::task::block_in_place(|| Service::within(data, starter));
        let nobody = Client::stranger(service.address()).await;
        Self { service, nobody }
    }

    /// A new user.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let [person] = self.people([name]).await;
        person
    }

    /// New users of those names, with ascending ids.
    pub(crate) async fn people<const N: usize>(&self, names: [&str; N]) -> [Person; N] {
        let names = names.map(str::to_owned);
        self.import(&names).await.try_into().unwrap_or_else(|_| unreachable!("as many as names"))
    }

    /// So many new users, `fan 0`, `fan 1`, … with ascending ids.
    pub(crate) async fn crowd(&self, prefix: &str, count: usize) -> Vec<Person> {
        self.import(&(0..count).map(|number| format!("{prefix} {number}")).collect::<Vec<_>>()).await
    }

    async fn import(&self, names: &[String]) -> Vec<Person> {
        let key =
            |name: &str| name.bytes().fold(KEY_PREFIX.to_owned(), |key, byte| format!("{key}{byte:02x}"));
        let rows = names.iter().map(|name| format!("\"{name}\",,,{}", key(name)));
        let rows = ["nickname,first_name,last_name,api_key".to_owned()].into_iter().chain(rows);
        let file = self.service.file("people.csv");
        std::fs::write(&file, rows.collect::<Vec<_>>().join("\n")).unwrap();
        self.tweetty(&["users", "import", file.to_str().unwrap()]);
        let mut people = vec![];
        for name in names {
            let client = self.nobody.with_key(&key(name));
            let me = client.get("/api/users/me").await.succeeds(200);
            assert_eq!(me["user"]["name"], *name);
            people.push(Person { id: me["user"]["id"].as_i64().unwrap(), name: name.clone(), client });
        }
        people
    }

    /// Runs a command of the operator, which must succeed; answers what it prints.
    pub(crate) fn tweetty(&self, arguments: &[&str]) -> String {
        let (succeeded, printed) = tokio::task::block_in_place(|| self.service.tweetty(arguments));
        assert!(succeeded, "tweetty {arguments:?}: {printed}");
        printed
    }

    /// The most memory that the service ever had, in MiB.
    pub(crate) fn peak_memory(&self) -> u64 {
        self.service.peak_memory()
    }

    /// The connections and images that the service has open.
    pub(crate) fn held_open(&self) -> Vec<String> {
        self.service.held_open()
    }

    /// How many files it may have open: the soft limit and the hard one.
    pub(crate) fn limits_of_open_files(&self) -> [String; 2] {
        self.service.limits_of_open_files()
    }

    /// What the service has logged.
    pub(crate) fn logged(&self) -> String {
        self.service.logged()
    }

    /// The folder of the images.
    pub(crate) fn media(&self) -> PathBuf {
        self.service.file("media")
    }

    /// Stops the service in good order.
    pub(crate) fn stop(&mut self) {
        let begun = std::time::Instant::now();
        let status = self.service.stop();
        assert!(status.success(), "the service ended with {status}");
        assert!(begun.elapsed() < Duration::from_secs(20), "the service took {:?} to stop", begun.elapsed());
    }

    /// Sends the service a signal: `STOP`, `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        self.service.signal(name);
    }

    /// The processor time that the service has taken so far, to the hundredth of a second; Linux only.
    pub(crate) fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.service.process())).unwrap();
        // Its own name, in parentheses, may contain spaces.
        let fields = stat.rsplit(')').next().unwrap().split_whitespace();
        let hundredths = fields.skip(11).take(2).map(|field| field.parse::<u64>().unwrap());
        Duration::from_millis(hundredths.sum::<u64>() * 10)
    }

    /// Ends the service as a crash does.
    pub(crate) fn kill(&mut self) {
        self.service.kill();
    }

    /// Starts the service anew on the same data.
    pub(crate) async fn start_again(&mut self) {
        tokio::task::block_in_place(|| self.service.start_again());
        self.nobody = Client::stranger(self.service.address()).await;
    }

    /// The same person at the service as it runs now.
    pub(crate) fn again(&self, person: &Person) -> Person {
        let client = self.nobody.with_key(person.key());
        Person { client, id: person.id, name: person.name.clone() }
    }
}

impl Drop for Blog {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.service.logged();
            let last = log.lines().rev().take(25).collect::<Vec<_>>();
            println!("The service logged last:\n{}", last.into_iter().rev().collect::<Vec<_>>().join("\n"));
            return;
        }
        if self.service.runs() {
            self.stop();
        }
        let log = self.service.logged();
        assert!(!log.contains("panicked at"), "{log}");
        assert!(!log.contains(KEY_PREFIX), "a key stands in the log: {log}");
        self.tweetty(&["check"]);
    }
}
