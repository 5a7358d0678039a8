//! Whether a request that changes something comes from the console's own pages: a browser with the console at hand must not act for a
//! page from elsewhere.

use axum::http::{HeaderMap, Uri, header};

/// Browsers say where a request comes from: `Sec-Fetch-Site` all current ones, `Origin` older ones. Who says neither is no browser
/// and has the command line. Over HTTP/2 the host is that of the address (`:authority`): there is no `Host`.
pub(crate) fn is_own(address: &Uri, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let authority = address.authority().map(axum::http::uri::Authority::as_str);
    let host = authority.or_else(|| text(header::HOST.as_str()));
    let (Some(origin), Some(host)) = (text(header::ORIGIN.as_str()), host) else { return false };
    origin.strip_prefix("https://") == Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_consoles_own_pages_may_change_anything() {
        let table: [(&[(&str, &str)], bool); 7] = [
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://a:1"), ("host", "a:1")], false),
            (&[("origin", "https://a:1"), ("host", "a:1")], true),
            (&[("origin", "http://a:1"), ("host", "a:1")], false),
            (&[("origin", "null"), ("host", "a:1")], false),
            (&[("host", "a:1")], false),
        ];
        for (given, expected) in table {
            let pair = |(name, value): &(&str, &str)| (name.parse().unwrap(), value.parse().unwrap());
            let headers: HeaderMap = given.iter().map(pair).collect();
            assert_eq!(is_own(&"/sign-in".parse().unwrap(), &headers), expected, "{given:?}");
        }
    }

    #[test]
    fn an_older_browser_over_http_2_names_the_host_in_the_address() {
        let origin = |origin: &str| HeaderMap::from_iter([(header::ORIGIN, origin.parse().unwrap())]);
        let address: Uri = "https://tally.example:7444/sign-in".parse().unwrap();
        assert!(is_own(&address, &origin("https://tally.example:7444")));
        assert!(!is_own(&address, &origin("https://other.example:7444")) && !is_own(&address, &origin("null")));
    }
}
