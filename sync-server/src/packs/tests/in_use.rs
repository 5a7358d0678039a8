//! What is in use is not used again: full cases, and codes that stand for a package already.

use super::*;

async fn said(trade: &Trade, old: &PackageCode, new: &PackageCode) -> String {
    let done = relabel(&trade.store, (&old.to_string(), &new.to_string()), (&tester(), "torn"), NOW).await;
    done.map_or_else(|error| error.to_string(), |()| "done".into())
}

#[tokio::test]
async fn a_code_in_use_takes_no_other_place() {
    let trade = Trade::new().await;
    taken(&trade, &csv(), None).await.unwrap();
    let scanned = "insert into trail (code_key, refs) values ($1, $2)";
    let mut tx = trade.store.write().await.unwrap();
    let key = CodeKey::of(&case(2)).as_bytes().to_vec();
    sqlx::query(scanned).bind(key).bind(vec![0_u8; 8]).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    for (old, new, why) in [
        (case(1), case(0), "packages are inside the new code already"),
        (case(1), case(2), "was scanned already"),
        (unit(6), unit(0), "in a package already"),
        (unit(6), unit(7), "done"),
    ] {
        let said = said(&trade, &old, &new).await;
        assert!(said.contains(why), "{said}");
    }
}

#[tokio::test]
async fn no_more_goes_into_a_case_than_it_holds() {
    let trade = Trade::new().await;
    taken(&trade, &csv(), None).await.unwrap();
    let list = |units: std::ops::Range<u32>, to: u32| {
        let rows: Vec<String> = units.map(|n| format!("{},{}", case(to), unit(n))).collect();
        Cursor::new(format!("parent,child\n{}\n", rows.join("\n")))
    };
    let put = async |units: std::ops::Range<u32>, to: u32| {
        upload(&trade.store, "line", list(units, to), (&tester(), NOW)).await.unwrap()
    };
    // The first case is full by the pack's file; what is in it already is no more of it.
    let full = put(4..7, 0).await;
    assert_eq!((full.associated, full.unchanged, full.contradicted), (0, 2, 1));
    let said = full.errors[0].to_string();
    assert!(said.contains("line 4") && said.contains("6 units go into it, 6 are in it"), "{said}");
    assert_eq!(put(6..8, 1).await.associated, 2);
    // The list itself fills it up.
    assert_eq!((put(8..12, 1).await.associated, put(6..12, 1).await.unchanged), (4, 6));
    let extra = format!("pack,product,level,basis,code\nK2,POD,unit,C1,{}\nK2,POD,unit,C1,{}\n", unit(12), unit(13));
    taken(&trade, &extra, None).await.unwrap();
    let over = put(12..14, 1).await;
    assert_eq!((over.associated, over.contradicted), (0, 2));
    // A unit that was ended leaves its place.
    cancel(&trade.store, &[unit(6).to_string()], (&tester(), "torn"), NOW).await.unwrap();
    let one = put(12..14, 1).await;
    assert_eq!((one.associated, one.contradicted), (1, 1));
}
