//! TLS for tokio-postgres: Debian has the library underneath, and not the crate that joins the two.
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use native_tls::{Certificate, TlsConnector};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_postgres::Socket;

#[derive(Clone)]
pub struct Tls(tokio_native_tls::TlsConnector);

impl Tls {
    /// Trusts the certificates of a PEM file alone.
    pub fn trusting(path: &str) -> Tls {
        let certificate = Certificate::from_pem(&std::fs::read(path).unwrap()).unwrap();
        let connector = TlsConnector::builder()
            .add_root_certificate(certificate)
            .disable_built_in_roots(true)
            .build()
            .unwrap();
        Tls(connector.into())
    }
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Stream;
    type TlsConnect = Handshake;
    type Error = native_tls::Error;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Handshake, native_tls::Error> {
        Ok(Handshake(self.clone(), domain.to_owned()))
    }
}

/// One connection's handshake.
pub struct Handshake(Tls, String);

impl TlsConnect<Socket> for Handshake {
    type Stream = Stream;
    type Error = native_tls::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, native_tls::Error>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let Handshake(Tls(connector), domain) = self;
            Ok(Stream(connector.connect(&domain, socket).await?))
        })
    }
}

pub struct Stream(tokio_native_tls::TlsStream<Socket>);

impl TlsStream for Stream {
    fn channel_binding(&self) -> ChannelBinding {
        match self.0.get_ref().tls_server_end_point() {
            Ok(Some(hash)) => ChannelBinding::tls_server_end_point(hash),
            _ => ChannelBinding::none(),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
