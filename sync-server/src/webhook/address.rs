//! Where a webhook may go. Who may name addresses must not reach the server's own network by it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// Why an address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// Not an address of the web.
    #[error("`{0}` is no address such as https://erp.example/tallyman")]
    Form(String),
    /// Not encrypted.
    #[error("`{0}` is not https; messages would be readable on the way. Use https")]
    Plain(String),
    /// A name and password in the address.
    #[error("the address holds a name or password; take them out, every message is signed")]
    Credentials,
    /// An address of an inner network.
    #[error("{0} lies in an inner network; set `webhooks_inner = true` if webhooks may go there")]
    Inner(String),
    /// No such host.
    #[error("{0} has no address; look at the name")]
    Unknown(String),
}

/// The address, if its form is right. Plain `http` is for inner networks alone, where those are allowed.
pub fn parse(text: &str, may_be_inner: bool) -> Result<Url, AddressError> {
    let url = Url::parse(text).map_err(|_| AddressError::Form(text.to_owned()))?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err(AddressError::Form(text.to_owned()));
    }
    if url.scheme() != "https" && !(url.scheme() == "http" && may_be_inner) {
        return Err(AddressError::Plain(text.to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    Ok(url)
}

/// The addresses to connect to, looked up now and held for this connection: a name that changes in between gains nothing.
pub async fn reach(url: &Url, may_be_inner: bool) -> Result<Vec<std::net::SocketAddr>, AddressError> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let found = tokio::net::lookup_host((host.as_str(), port)).await;
    let found: Vec<_> = found.map_err(|_| AddressError::Unknown(host.clone()))?.collect();
    if found.is_empty() {
        return Err(AddressError::Unknown(host));
    }
    match found.iter().find(|address| is_inner(address.ip())) {
        Some(inner) if !may_be_inner => Err(AddressError::Inner(inner.ip().to_string())),
        _ => Ok(found),
    }
}

/// Whether an address is not one of the open internet.
#[must_use]
pub fn is_inner(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_inner_v4(ip),
        IpAddr::V6(ip) => ip.to_ipv4().map_or_else(|| is_inner_v6(ip), is_inner_v4),
    }
}

const fn is_inner_v4(ip: Ipv4Addr) -> bool {
    let [first, second, third, _] = ip.octets();
    ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || first == 0
        || first >= 240
        || (first == 100 && second & 0xc0 == 64)
        || (first == 192 && second == 0 && third == 0)
        || (first == 198 && second & 0xfe == 18)
}

const fn is_inner_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_multicast()
        || first & 0xfe00 == 0xfc00
        || first & 0xffc0 == 0xfe80
        // Whoever translates addresses may lead inside: 6to4 and the prefix of NAT64.
        || first == 0x2002
        || (first == 0x0064 && second == 0xff9b)
}
