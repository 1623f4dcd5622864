//! Writes the generated files of the example programme: `cargo run -p ambassador-tests --example rally -- DIR`.

mod generator;

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    let Some(folder) = env::args_os().nth(1) else {
        return Err(io::Error::other("name the folder to write into, such as `examples/rally`"));
    };
    for (name, text) in generator::files() {
        let path = Path::new(&folder).join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}
