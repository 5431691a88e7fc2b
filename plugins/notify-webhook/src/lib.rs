//! Send a signed JSON notice to a URL.
