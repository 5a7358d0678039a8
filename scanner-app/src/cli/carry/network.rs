//! A local network: this terminal listens, or calls another.

use std::net::{SocketAddr, UdpSocket};
use std::process::ExitCode;

use anyhow::Result;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::json;

use super::{ListenArgs, files, packed};
use crate::carry::lan::{Event, LanFault, Listener, call, pairing_code};
use crate::carry::settle;
use crate::cli::stores;
use crate::config::Config;
use crate::device::{Device, Machine};

pub(super) fn listen(config: &Config, args: &ListenArgs) -> Result<ExitCode> {
    let device = Machine::new();
    let mut store = stores::open(config, &device)?;
    let code = pairing_code(device.epoch());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut listener = Listener::bind(&args.address, &mut store, &device, code.clone()).await?;
        let address = reachable(listener.address()?);
        if args.json {
            println!("{}", json!({ "listening": address.to_string(), "code": code }));
        } else {
            println!("{}", qr(&format!("TALLYMAN-LAN/1 {address} {code}")));
            println!("Listening on {address}. On the other terminal: scanner-app carry lan --to ADDRESS --code {code}");
            println!("正在监听 {address}。在另一台终端上输入配对码 {code}。");
        }
        let mut served = 0;
        while args.callers.is_none_or(|most| served < most) {
            listener.serve_one(&mut |event| print(&event, args.json)).await?;
            served += 1;
        }
        Ok::<_, LanFault>(())
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The address that others on the network can call, where the socket listens on all of them.
pub(in crate::cli) fn reachable(bound: SocketAddr) -> SocketAddr {
    if !bound.ip().is_unspecified() {
        return bound;
    }
    // Nothing is sent: the system only chooses from which of its addresses it would be.
    let chosen = UdpSocket::bind((bound.ip(), 0)).and_then(|socket| {
        socket.connect(("192.0.2.1", 9))?;
        socket.local_addr()
    });
    chosen.map_or(bound, |chosen| SocketAddr::new(chosen.ip(), bound.port()))
}

/// Address and code as a QR code of characters, to be photographed rather than typed.
fn qr(text: &str) -> String {
    let code = QrCode::new(text).map(|code| code.render::<Dense1x2>().quiet_zone(true).build());
    code.unwrap_or_default()
}

fn print(event: &Event, as_json: bool) {
    let (object, words) = match event {
        Event::Kept { terminal, events } => (
            json!({ "kept": terminal, "events": events }),
            format!("kept {events} events of terminal {terminal}; the next sync delivers them"),
        ),
        Event::Given { terminal, parcels } => (
            json!({ "given": terminal, "parcels": parcels }),
            format!("handed terminal {terminal} the answers to {parcels} parcels"),
        ),
        Event::WrongCode => (json!({ "wrong_code": true }), "somebody typed a wrong code".to_owned()),
        Event::Broken(why) => (json!({ "broken": why }), why.clone()),
    };
    if as_json { println!("{object}") } else { println!("{words}") }
}

pub(super) fn lan(config: &Config, to: &str, code: &str, as_json: bool) -> Result<ExitCode> {
    let device = Machine::new();
    let mut store = stores::open(config, &device)?;
    let parcels = packed(config, &store, &device)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let called = runtime.block_on(call(to, (config.terminal, code.trim()), &parcels))?;
    if as_json {
        eprintln!("{} parcels handed over", called.kept);
    } else {
        println!(
            "{} parcels handed over ({} bytes); the events stay here until answers come back",
            called.kept, called.bytes
        );
    }
    let settled = settle(&mut store, &config.server_key, &called.answers)?;
    let pending = store.pending()?.0;
    if as_json {
        let mut object = serde_json::to_value(&settled)?;
        object["kept"] = called.kept.into();
        object["bytes"] = called.bytes.into();
        object["pending"] = pending.into();
        println!("{object}");
        return Ok(ExitCode::SUCCESS);
    }
    files::tell(&settled, pending, false)
}
