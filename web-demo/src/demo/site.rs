//! The page as the demonstration serves it: told so, and with a way to the chain.

use std::path::Path;

use serde_json::json;

use super::{rpc::Rpc, world::Report};
use crate::{
    build::site::{self, Purpose},
    failure::Failure,
    folder,
    server::{Method, Request, Response, Status, Tree},
};

/// The demonstration's page.
#[derive(Clone, Debug)]
pub(crate) struct DemoSite {
    tree: Tree,
    settings: Vec<u8>,
    list: Vec<u8>,
    people: Vec<u8>,
    rpc: Rpc,
}

impl DemoSite {
    /// Lays the demonstration over a page that was built.
    pub(crate) fn new(dist: &Path, report: &Report) -> Result<Self, Failure> {
        let settings = site::settings(Purpose::Demonstration);
        let mut files = folder::read(dist)?;
        files.insert(site::SETTINGS.to_owned(), settings.clone());
        let people = report.people.iter().map(|person| json!({ "name": person.name, "address": person.address }));
        Ok(Self {
            tree: Tree::default().mount("/published/", &report.published)?.mount("/", dist)?,
            settings,
            list: site::list(&files),
            people: json!(people.collect::<Vec<_>>()).to_string().into_bytes(),
            rpc: Rpc::new(report.port, &report.people),
        })
    }

    /// Answers a request.
    pub(crate) fn answer(&self, request: &Request) -> Response {
        let bytes = match request.path.as_str() {
            "/demo/rpc" => return self.rpc.answer(request),
            "/demo/accounts.json" => &self.people,
            "/site.json" => &self.settings,
            "/files.json" => &self.list,
            _ => return self.tree.answer(request),
        };
        if request.method == Method::Post {
            return Response::refusal(Status::MethodNotAllowed);
        }
        Response::json(bytes.clone())
    }
}
