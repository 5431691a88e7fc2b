use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Resolves a name once and lets through only addresses that a name may stand for; the connection goes to
/// the very address that was checked.
#[derive(Debug, Default)]
pub(super) struct CheckedResolver;

impl Resolver for CheckedResolver {
    fn resolve(
        &self,
        uri: &ureq::http::Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let resolved = DefaultResolver::default().resolve(uri, config, timeout)?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let named = written_out(host);
        match resolved.iter().find_map(|address| refused(address, named)) {
            None => Ok(resolved),
            Some(reason) => Err(ureq::Error::Io(std::io::Error::new(
                std::io::ErrorKind::PermissionDenied,
                format!("the name `{host}`, which resolves to {reason}"),
            ))),
        }
    }
}

/// Whether the configuration itself says that this is a local address: then it is granted as written.
fn written_out(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok() || host == "localhost" || host.ends_with(".localhost")
}

/// Why a name must not stand for this address. A link-local address is where clouds hand out credentials,
/// and no name may lead there; addresses that hide another in themselves are unwrapped first.
fn refused(address: &SocketAddr, written_out: bool) -> Option<&'static str> {
    let address = unwrapped(address.ip());
    let link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    let metadata = address == IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254));
    if link_local || metadata {
        return Some("a link-local address");
    }
    if address.is_multicast() || address == IpAddr::V4(Ipv4Addr::BROADCAST) {
        return Some("a multicast address");
    }
    if !written_out && (address.is_loopback() || address.is_unspecified()) {
        return Some("this machine; write `localhost` where that is meant");
    }
    None
}

/// The IPv4 address inside an IPv4-mapped (RFC 4291), 6to4 (RFC 3056) or NAT64 (RFC 6052) one.
fn unwrapped(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let segments = v6.segments();
    let from = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => from(high, low),
        [0x2002, high, low, ..] => from(high, low),
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(address: &str, host: &str) -> bool {
        refused(&SocketAddr::new(address.parse().unwrap(), 80), written_out(host)).is_some()
    }

    #[test]
    fn a_name_never_leads_to_a_cloud_s_credentials() {
        for address in
            ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"]
        {
            assert!(is_refused(address, "innocent.example"), "{address}");
            assert!(is_refused(address, "169.254.169.254"), "{address}");
        }
        assert!(is_refused("fe80::1", "innocent.example"));
        assert!(is_refused("fd00:ec2::254", "innocent.example"));
    }

    #[test]
    fn this_machine_is_reached_only_where_it_is_written_out() {
        assert!(is_refused("127.0.0.1", "rebound.example"));
        assert!(is_refused("::1", "rebound.example"));
        assert!(is_refused("::ffff:127.0.0.1", "rebound.example"));
        assert!(!is_refused("127.0.0.1", "localhost"));
        assert!(!is_refused("127.0.0.1", "127.0.0.1"));
        assert!(!is_refused("10.1.2.3", "api.internal.example"));
        assert!(!is_refused("93.184.215.14", "example.com"));
    }
}
