//! A server that runs as long as the test.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use tweetty_domain::Stores;
use tweetty_http::{Options, serve};

use crate::double;

/// A server on those stores with users `ann` and `bob`; answers its address.
pub(crate) fn server(stores: Stores, options: Options) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let microblog = double::microblog(stores).await.unwrap();
            serve(listener, microblog, Options { workers: 1, ..options }, |_| ()).unwrap().await.unwrap();
        });
    });
    address
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    connection
}
