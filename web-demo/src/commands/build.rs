//! `build`: the page as a folder of static files, and the WASM modules as an npm package.

use std::path::{Path, PathBuf};

use crate::{
    build::{module::Modules, package, site, sizes},
    cli::BuildArgs,
    failure::Failure,
    folder, places,
    tools::{self, Turn},
};

pub(super) fn run(args: &BuildArgs) -> Result<(), Failure> {
    let page = args.page.clone().unwrap_or_else(places::page);
    let out = args.out.clone().unwrap_or_else(places::dist);
    let npm = args.npm.clone().unwrap_or_else(places::npm);

    let _turn = Turn::wait()?;
    let modules = build(&page, &out)?;
    folder::replace(&npm, &package::assemble(&modules)?, package::MARK)?;
    print!("{}", sizes::table(&npm)?);
    println!("page: {}\nnpm package: {}", out.display(), npm.display());
    println!("SHA-256 of the page's {}: {}", site::MARK, site::fingerprint(&out)?);
    Ok(())
}

/// The page that was built before, or else the one that is built now.
pub(super) fn page(dist: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(dist) = dist {
        let help = "name a folder that `cargo web build` made, or leave --dist out";
        let missing = || Failure::new(format!("{}: no page was built there", dist.display())).help(help);
        return if dist.join(site::MARK).is_file() { Ok(dist.to_owned()) } else { Err(missing()) };
    }
    let _turn = Turn::wait()?;
    build(&places::page(), &places::dist())?;
    Ok(places::dist())
}

fn build(page: &Path, out: &Path) -> Result<Modules, Failure> {
    site::check_page(page)?;
    tools::install_target()?;
    tools::install(&places::web_demo())?;
    let modules = Modules::make()?;
    folder::replace(out, &site::assemble(page, &modules)?, site::MARK)?;
    Ok(modules)
}
