//! `build`: the page as a folder of static files, and the WASM modules as an npm package.

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
    site::check_page(&page)?;
    tools::install_target()?;
    tools::install(&places::web_demo())?;
    let modules = Modules::make()?;
    let site = site::assemble(&page, &modules)?;
    let package = package::assemble(&modules)?;
    folder::replace(&out, &site, site::MARK)?;
    folder::replace(&npm, &package, package::MARK)?;
    print!("{}", sizes::table(&out.join("wasm"))?);
    println!("page: {}\nnpm package: {}", out.display(), npm.display());
    Ok(())
}
