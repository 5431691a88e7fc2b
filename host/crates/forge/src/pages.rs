//! Lists that come in pages. The next page is read from the same route as the first: of the forge's `Link` only the
//! query counts, so a list never leads to another host.

use crate::ForgeError;
use crate::call::Call;
use crate::client::Client;
use crate::transport::Reply;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

/// The most pages of one list; ten thousand entries on GitHub.
const MOST: usize = 100;

/// Every entry of a list; `field` is its name, where it is not the whole answer.
pub(crate) fn all<T: DeserializeOwned>(
    client: &Client,
    call: Call,
    field: Option<&str>,
) -> Result<Vec<T>, ForgeError> {
    let mut entries = Vec::new();
    until(client, call, field, |entry| {
        entries.push(entry);
        None::<()>
    })?;
    Ok(entries)
}

/// The first thing that `find` makes of an entry; later pages are not read.
pub(crate) fn until<T: DeserializeOwned, F>(
    client: &Client,
    call: Call,
    field: Option<&str>,
    mut find: impl FnMut(T) -> Option<F>,
) -> Result<Option<F>, ForgeError> {
    let size = if client.is_github() { ("per_page", "100") } else { ("limit", "50") };
    let mut call = call.with(size.0, size.1);
    for _ in 0..MOST {
        let reply = client.read(&call)?;
        for entry in entries(client, &call, &reply, field)? {
            if let Some(found) = find(entry) {
                return Ok(Some(found));
            }
        }
        let Some(query) = next(&reply) else { return Ok(None) };
        let path = call.route.split('?').next().unwrap_or_default();
        let route = format!("{path}?{query}");
        if route == call.route {
            return Ok(None); // A forge that always names a next page.
        }
        call = Call { route, ..call };
    }
    Err(ForgeError::Malformed { what: call.what(), why: format!("the list has more than {MOST} pages") })
}

fn entries<T: DeserializeOwned>(
    client: &Client,
    call: &Call,
    reply: &Reply,
    field: Option<&str>,
) -> Result<Vec<T>, ForgeError> {
    let Some(field) = field else {
        return Ok(client.parsed::<Option<Vec<T>>>(call, reply)?.unwrap_or_default());
    };
    let mut object: Value = client.parsed(call, reply)?;
    let list = object.get_mut(field).map(Value::take).unwrap_or(Value::Null);
    let list: Result<Option<Vec<T>>, _> = serde_json::from_value(list);
    let why = || format!("its `{field}` is not what was expected");
    list.map(Option::unwrap_or_default).map_err(|_| ForgeError::Malformed { what: call.what(), why: why() })
}

/// The query of the next page (RFC 8288).
fn next(reply: &Reply) -> Option<String> {
    let link = reply.header("link")?.split(',').find(|link| link.contains("rel=\"next\""))?;
    let target = link.split_once('<')?.1.split_once('>')?.0;
    let base = Url::parse("http://forge.invalid/").ok()?;
    Some(base.join(target).ok()?.query()?.to_owned())
}
