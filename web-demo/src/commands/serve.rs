//! `serve`: the page and what a programme published, for this machine alone.

use std::path::Path;

use super::build;
use crate::{
    cli::ServeArgs,
    failure::Failure,
    places,
    server::{Hosts, Server, Tree},
};

pub(super) fn run(args: &ServeArgs) -> Result<(), Failure> {
    // A port that cannot be had is told before anything is built.
    let server = Server::bind(args.port)?;
    let dist = build::page(args.dist.as_deref())?;
    let mut tree = Tree::default();
    let example = places::example();
    match &args.published {
        Some(published) => tree = tree.mount("/published/", published)?,
        None if dist.join("published").is_dir() => {}
        None if example.is_dir() => tree = tree.mount("/published/", &example)?,
        None => eprintln!(
            "nothing is published yet: name a folder with --published, or close the example's month:\n  \
             cargo signer close 2020-12 -C examples/rally --yes"
        ),
    }
    serve(server, tree, &dist, &args.allow_host)
}

fn serve(server: Server, tree: Tree, dist: &Path, hosts: &[String]) -> Result<(), Failure> {
    let tree = tree.mount("/", dist)?;
    println!("{}", server.url());
    server.serve(Hosts::new(hosts), move |request| tree.answer(&request));
    Ok(())
}
