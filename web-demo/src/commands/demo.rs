//! `demo`: the example's month closed on a local chain, and the page with a wallet that can redeem it.

use std::{
    sync::mpsc::{self, Sender},
    thread,
    time::Duration,
};

use super::build;
use crate::{
    cli::DemoArgs,
    demo::{
        site::DemoSite,
        world::{Report, World},
    },
    failure::Failure,
    places,
    server::{Hosts, Server},
    tools::{self, Turn},
};

/// A terminal tells the chain of ctrl-c, too, and that may be gone before we hear of it.
const MOMENT: Duration = Duration::from_millis(500);

/// Why a demonstration ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Asked,
    ChainGone,
}

pub(super) fn run(args: &DemoArgs) -> Result<(), Failure> {
    let server = Server::bind(args.port)?;
    let dist = build::page(args.dist.as_deref())?;
    let signer = {
        let _turn = Turn::wait()?;
        tools::install(&places::web_demo())?;
        tools::install(&places::contracts())?;
        tools::signer()?
    };
    // Until here a signal simply ends the process; from here on there is something to end with it.
    let (say, hear) = mpsc::channel();
    let asked = say.clone();
    let heard = ctrlc::set_handler(move || tell(&asked, End::Asked));
    heard.map_err(|error| Failure::new(format!("ctrl-c cannot be heard: {error}")))?;

    eprintln!("starting a local chain and closing December 2020 on it");
    let world = match World::start(&signer, move || tell(&say, End::ChainGone)) {
        Err(_) if hear.recv_timeout(MOMENT).is_ok_and(|end| matches!(end, End::Asked)) => return Ok(()),
        world => world?,
    };
    let site = DemoSite::new(&dist, &world.report)?;
    println!("{}", advice(&server.url(), &world.report));
    thread::spawn(move || server.serve(Hosts::new(&[]), move |request| site.answer(&request)));
    match hear.recv() {
        Ok(End::ChainGone) if hear.recv_timeout(MOMENT).is_err() => {
            Err(Failure::new("the local chain ended").help("start the demonstration again"))
        }
        _ => Ok(()),
    }
}

fn tell(say: &Sender<End>, end: End) {
    // Whoever would hear it may be gone already.
    let _ = say.send(end);
}

fn advice(url: &str, report: &Report) -> String {
    let names: Vec<&str> = report.people.iter().map(|person| person.name.as_str()).collect();
    format!(
        "\n{url}\n\n\
         A local chain, where it is January 2021; the contract {} has what December owes.\n\
         Open Claim: the demo wallet sends as Alex Masmej, who can redeem 21,000 RLY.\n\
         It can also send as {}. Ctrl-c ends it all.",
        report.payouts,
        names.iter().skip(1).copied().collect::<Vec<_>>().join(", "),
    )
}
