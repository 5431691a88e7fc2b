use url::Url;

/// What a stage may ask of the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Requests.
    pub http: Vec<HttpGrant>,
    /// Tools by name; `default` is the stage's own inline command.
    pub tools: Vec<String>,
    /// Files, by path relative to `pipeline.toml`.
    pub inputs: Vec<String>,
    /// Functions of the forge, by their names in [`FORGE_VERBS`].
    pub forge: Vec<String>,
}

/// What a stage may be let to do on a forge.
pub const FORGE_VERBS: [&str; 4] = ["dispatch", "dispatch-workflow", "comment", "status"];

/// A method and the URLs that it may go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpGrant {
    method: String,
    url: Url,
    /// The path may go on after the URL's own.
    prefix: bool,
}

/// A text that is not a grant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a grant: {reason}; write it as `POST https://hooks.example.com/path/*`")]
pub struct InvalidGrant {
    /// The text, shortened.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl HttpGrant {
    /// The grant of one method and exactly one URL, query and all.
    ///
    /// # Errors
    /// [`InvalidGrant`] where the URL is not absolute `http` or `https`, or carries user information.
    pub fn exact(method: &str, url: &str) -> Result<Self, InvalidGrant> {
        let invalid =
            |reason: &str| InvalidGrant { text: url.chars().take(200).collect(), reason: reason.into() };
        let parsed = Url::parse(url).map_err(|error| invalid(&error.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(invalid("the scheme is neither `http` nor `https`"));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(invalid("the URL carries user information"));
        }
        Ok(Self { method: method.to_ascii_uppercase(), url: parsed, prefix: false })
    }

    /// The grant of one method and a path behind a URL, where `*` at the end stands for whatever follows.
    ///
    /// # Errors
    /// [`InvalidGrant`] as for [`Self::exact`], and where a path cannot stand behind the URL, or is none.
    pub fn below(method: &str, url: &str, path: &str) -> Result<Self, InvalidGrant> {
        let invalid =
            |reason: &str| InvalidGrant { text: url.chars().take(200).collect(), reason: reason.into() };
        let base = Self::exact(method, url)?;
        if base.url.query().is_some() || base.url.fragment().is_some() {
            return Err(invalid("a path is put behind the URL, so it can have no query and no fragment"));
        }
        if !path.starts_with('/') {
            return Err(invalid("the path that the plugin puts behind it does not begin with `/`"));
        }
        format!("{} {}{path}", base.method, base.url.as_str().trim_end_matches('/')).parse()
    }

    /// Whether a request is granted. `url` is the parsed URL, so that dot segments and escapes are resolved.
    pub fn allows(&self, method: &str, url: &Url) -> bool {
        let origin = |url: &Url| (url.scheme().to_owned(), url.port_or_known_default());
        if self.method != method || origin(&self.url) != origin(url) || !self.covers_host(url) {
            return false;
        }
        if !self.prefix {
            return self.url.path() == url.path() && self.url.query() == url.query();
        }
        // An escaped slash or dot could mean another path to the server than it means to us.
        let path = url.path().to_ascii_lowercase();
        !path.contains("%2f")
            && !path.contains("%2e")
            && !path.contains("%5c")
            && url.path().starts_with(self.url.path())
    }
}

impl HttpGrant {
    /// `*.example.com` stands for every name below `example.com`, and not for `example.com` itself.
    fn covers_host(&self, url: &Url) -> bool {
        let (Some(granted), Some(host)) = (self.url.host_str(), url.host_str()) else { return false };
        match granted.strip_prefix('*') {
            Some(domain) => host.len() > domain.len() && host.ends_with(domain),
            None => granted == host,
        }
    }
}

impl std::str::FromStr for HttpGrant {
    type Err = InvalidGrant;

    /// `METHOD URL`, where the URL may end in `/*`.
    fn from_str(text: &str) -> Result<Self, InvalidGrant> {
        let invalid =
            |reason: &str| InvalidGrant { text: text.chars().take(200).collect(), reason: reason.into() };
        let (method, url) = text.split_once(' ').ok_or_else(|| invalid("it is not a method and a URL"))?;
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(invalid("the method is not in capitals"));
        }
        let (exact, prefix) = match url.strip_suffix('*') {
            Some(start) if start.ends_with('/') => (start, true),
            Some(_) => return Err(invalid("`*` stands only after the last `/`")),
            None => (url, false),
        };
        let (scheme, rest) = exact.split_once("://").unwrap_or(("", exact));
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let domain = host.strip_prefix("*.").unwrap_or(host);
        if scheme.contains('*') || domain.contains('*') || path.contains('*') {
            return Err(invalid(
                "`*` stands only for the first label of the host, or at the end of the path",
            ));
        }
        if domain != host && !domain.contains('.') {
            return Err(invalid("`*.` needs a domain of two labels behind it"));
        }
        Self::exact(method, exact.trim()).map(|grant| Self { prefix, ..grant })
    }
}

impl std::fmt::Display for HttpGrant {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}{}", self.method, self.url, if self.prefix { "*" } else { "" })
    }
}

impl Grants {
    /// Whether a request is granted.
    pub fn allow_http(&self, method: &str, url: &Url) -> bool {
        self.http.iter().any(|grant| grant.allows(method, url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(grant: &str, method: &str, url: &str) -> bool {
        grant.parse::<HttpGrant>().unwrap().allows(method, &Url::parse(url).unwrap())
    }

    #[test]
    fn method_scheme_host_port_and_path_all_count() {
        let grant = "POST https://hooks.example.com/services/*";
        assert!(allows(grant, "POST", "https://hooks.example.com/services/a"));
        assert!(allows(grant, "POST", "https://hooks.example.com:443/services/"));
        for (method, url) in [
            ("GET", "https://hooks.example.com/services/a"),
            ("POST", "http://hooks.example.com/services/a"),
            ("POST", "https://hooks.example.com:8443/services/a"),
            ("POST", "https://hooks.example.com/services"),
            ("POST", "https://hooks.example.com/services/../admin"),
            ("POST", "https://hooks.example.com/services/%2e%2e/admin"),
            ("POST", "https://hooks.example.com/services/..%2fadmin"),
            ("POST", "https://hooks.example.com@evil.example/services/a"),
            ("POST", "https://evil.example/services/a"),
        ] {
            assert!(!allows(grant, method, url), "{method} {url}");
        }
    }

    #[test]
    fn a_wildcard_stands_for_names_below_a_domain() {
        let grant = "POST https://*.hooks.example.com/*";
        assert!(allows(grant, "POST", "https://a.hooks.example.com/x"));
        assert!(allows(grant, "POST", "https://a.b.hooks.example.com/x"));
        assert!(!allows(grant, "POST", "https://hooks.example.com/x"));
        assert!(!allows(grant, "POST", "https://evilhooks.example.com/x"));
        assert!(!allows(grant, "POST", "https://a.hooks.example.com.evil.example/x"));
    }

    #[test]
    fn an_exact_grant_is_one_url() {
        let grant = "GET http://localhost:8000/openapi.json";
        assert!(allows(grant, "GET", "http://localhost:8000/openapi.json"));
        assert!(!allows(grant, "GET", "http://localhost:8000/openapi.json?x=1"));
        assert!(!allows(grant, "GET", "http://localhost:8000/"));
    }

    #[test]
    fn a_path_stands_behind_the_url_of_a_key() {
        let path = "/_matrix/client/v3/rooms/*";
        for base in ["https://matrix.example.org", "https://matrix.example.org/"] {
            let grant = HttpGrant::below("PUT", base, path).unwrap();
            assert_eq!(grant.to_string(), "PUT https://matrix.example.org/_matrix/client/v3/rooms/*");
        }
        let grant = HttpGrant::below("GET", "https://example.org/matrix/", "/whoami").unwrap();
        assert_eq!(grant.to_string(), "GET https://example.org/matrix/whoami");
        for (base, path) in [
            ("https://example.org/?a=b", "/x"),
            ("https://example.org/#a", "/x"),
            ("https://u:p@example.org", "/x"),
            ("https://example.org", "x"),
            ("https://example.org", "/x/*/y"),
            ("https://example.org", "/x*"),
        ] {
            assert!(HttpGrant::below("PUT", base, path).is_err(), "{base} {path}");
        }
    }

    #[test]
    fn grants_that_say_more_than_they_seem_to_are_refused() {
        for text in
            ["", "GET", "get https://a.example/", "GET ftp://a.example/", "GET https://u:p@a.example/"]
        {
            assert!(text.parse::<HttpGrant>().is_err(), "{text}");
        }
        for text in [
            "GET https://*.example/",
            "GET https://a.*.example.com/",
            "GET https://a.example/*/b",
            "GET https://a.example/b*",
        ] {
            assert!(text.parse::<HttpGrant>().is_err(), "{text}");
        }
    }
}
