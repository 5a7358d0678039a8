//! `bench-pure`: our pipeline in its build of pure Rust, as a worker of `bench`. Built by
//! `cargo build --release -p bench --no-default-features --bin bench-pure`; any other build says that it is none.

use std::process::ExitCode;

use bench::contender::Name;

fn main() -> ExitCode {
    match bench::worker::serve(Name::OursPure) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-pure: the connection to bench broke: {error}");
            ExitCode::FAILURE
        }
    }
}
