//! x
use super::{build, world::{World, claim, role}};
#[test]
fn first_and_later() {
    for e in std::fs::read_dir("/tmp/v").unwrap() {
    let e = e.unwrap().path();
    build::with_subject(build::creation_code(&e), || {
    let mut world = World::new();
    let neighbour = claim(role("neighbour"), 1);
    world.redeem(&neighbour).result.expect("ok");
    let mut c = claim(role("ann"), 2);
    let first = world.redeem(&c).gas;
    c.from += alloy_primitives::U256::from(1); c.to = c.from;
    let later = world.redeem(&c).gas;
    println!("{first} {later} {e:?}");
    });
    }
}
