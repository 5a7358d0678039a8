//! A small trade for tests: a maker, a wholesaler, two retailers, one product, one contract, one order each.

pub(crate) mod world;

use std::path::PathBuf;

use shared::code::check_digit;
use shared::reference::Level;
use shared::time::Timestamp;
use tempfile::TempDir;
use uuid::Uuid;

use crate::import::{ImportError, Imported, import};
use crate::issue::Application;
use crate::store::Store;

/// The time of everything.
pub(crate) const NOW: Timestamp = Timestamp::from_ms(1_772_000_000_000);

/// A store in a folder that goes when the test ends.
pub(crate) struct Trade {
    pub(crate) store: Store,
    folder: TempDir,
}

impl Trade {
    pub(crate) async fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&folder.path().join("tallyman.sqlite"), Uuid::from_u128(7)).await.unwrap();
        Self { store, folder }
    }

    pub(crate) async fn new() -> Self {
        let trade = Self::empty().await;
        for (name, text) in files() {
            trade.import(name, &text).await.unwrap();
        }
        trade
    }

    pub(crate) async fn import(&self, name: &str, text: &str) -> Result<Imported, ImportError> {
        let path: PathBuf = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        import(&self.store, &[path], NOW).await
    }
}

pub(crate) fn gtin(body: &str) -> String {
    format!("{body}{}", check_digit::compute(body))
}

fn files() -> [(&'static str, String); 4] {
    let (unit, case) = (gtin("0690123456789"), gtin("1690123456789"));
    [
        (
            "members.csv",
            "member,name,role\nM,Maker,maker\nW,Wholesaler,wholesaler\nR1,One,retailer\nR2,Two,retailer\n".into(),
        ),
        (
            "products.csv",
            format!("product,name,maker,registry,level,gtin,units\nPOD,Pod,M,complete,unit,{unit},1\nPOD,Pod,M,complete,case,{case},6\n"),
        ),
        (
            "bases.csv",
            "basis,kind,seller,buyer,product,units\nC1,contract,M,W,POD,18\nO1,order,W,R1,POD,6\nO2,order,W,R2,POD,6\n".into(),
        ),
        (
            "documents.csv",
            "document,basis,consignor,consignee,carrier,packing_level,product,units\nN1,C1,M,W,Carrier,case,POD,18\nD1,O1,W,R1,Carrier,unit,POD,6\nD2,O2,W,R2,Carrier,unit,POD,6\n".into(),
        ),
    ]
}

pub(crate) fn application(level: Level, count: u64) -> Application {
    Application { contract: "C1".into(), product: "POD".into(), level, count, pack: None, parent_pack: None }
}
