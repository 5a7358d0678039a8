//! A terminal looks a code up on the server, by the app's own way there.

use scanner_app::sync::Transport;
use shared::code::parse;
use shared::rules::Standing;
use shared::wire::CodeAnswer;
use tempfile::TempDir;
use tests::server::Server;
use tests::world::set_up;

use crate::enrolled::Device;

fn ask(transport: &Transport, label: &str) -> CodeAnswer {
    let code = parse(label).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(transport.look_up(&code)).unwrap()
}

#[test]
fn a_code_is_looked_up_over_the_wire() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server")).unwrap();
    let labels = set_up(&server, folder.path()).unwrap();
    let transport = Device::enrol(&server, 1).transport(&server);
    let known = ask(&transport, &labels.cases[0]);
    assert_eq!((known.standing, known.pack), (Standing::Live, Some("P-2031-1".into())));
    assert!(known.product.is_some_and(|product| product.product == "POD".into() && product.units == 6));
    assert_eq!(ask(&transport, &labels.frozen).standing, Standing::Frozen);
    let unknown = ask(&transport, &labels.unknown);
    assert_eq!((unknown.standing, unknown.pack), (Standing::Unregistered, None));
}
