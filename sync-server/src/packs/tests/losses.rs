//! What is lost or stolen stays out of use (traceability/2022 art. 22): only use before the loss counts.

use super::*;

/// A production line puts two units into the second case.
async fn put_in(trade: &Trade, units: [u32; 2], now: Timestamp) -> super::super::put_together::PutTogether {
    let list = format!("parent,child\n{0},{1}\n{0},{2}\n", case(1), unit(units[0]), unit(units[1]));
    upload(&trade.store, "line", Cursor::new(list), (&tester(), now)).await.unwrap()
}

#[tokio::test]
async fn codes_of_a_lost_pack_are_put_into_nothing_and_take_no_place() {
    let trade = Trade::new().await;
    taken(&trade, &csv(), None).await.unwrap();
    let lose = Act::Lose(PackLoss::Stolen, NOW);
    act(&trade.store, &"K2".into(), lose, (&tester(), "van"), NOW).await.unwrap();
    let lost = account(&trade, "K2").await;
    assert_eq!(lost, (State::Stolen, [12, 0, 0, 12, 0]), "the file came when it was stolen, and not before");

    let done = put_in(&trade, [6, 7], NOW.plus_ms(1)).await;
    assert_eq!((done.associated, done.contradicted), (0, 2));
    let said = done.errors[0].to_string();
    assert!(said.contains("reported stolen since") && said.contains("release K2"), "{said}");
    let other = PackageCode::item(&gtin("0690123456789"), "SPARE0008").unwrap().to_string();
    let spare = format!("pack,product,level,basis,code,parent\nK3,POD,unit,C1,{other},\n");
    assert_eq!(taken(&trade, &spare, None).await.unwrap().codes, 1);
    for (old, new) in [(unit(8).to_string(), other.clone()), (other, unit(9).to_string())] {
        let refused = relabel(&trade.store, (&old, &new), (&tester(), "torn"), NOW).await.unwrap_err().to_string();
        assert!(refused.contains("the pack K2, reported stolen"), "{refused}");
    }
    let units = crate::packs::issue::Application { parent_pack: Some("K1".into()), ..application(Level::Unit, 5) };
    act(&trade.store, &"K1".into(), lose, (&tester(), "van"), NOW).await.unwrap();
    let refused = issue(&trade.store, &units, NOW).await.unwrap_err().to_string();
    assert!(refused.contains("nothing is put into its cases"), "{refused}");
    assert_eq!(account(&trade, "K2").await, lost, "nothing of it was used");

    for pack in ["K1", "K2"] {
        act(&trade.store, &pack.into(), Act::Release, (&tester(), "found"), NOW).await.unwrap();
    }
    assert_eq!(put_in(&trade, [6, 7], NOW.plus_ms(2)).await.associated, 2);
}

#[tokio::test]
async fn what_the_registry_put_together_after_a_loss_counts_from_then() {
    let trade = Trade::new().await;
    taken(&trade, &csv(), None).await.unwrap();
    let hour = |n: i64| NOW.plus_ms(n * 3_600_000);
    assert_eq!(put_in(&trade, [6, 7], hour(1)).await.associated, 2);
    assert_eq!(put_in(&trade, [8, 9], hour(3)).await.associated, 2);
    // A later file says of one more unit where it is.
    let row = format!("pack,product,level,basis,code,parent\nK2,POD,unit,C1,{},{}\n", unit(10), case(2));
    import(&trade.store, plain(row.as_bytes()), None, (&tester(), hour(4))).await.unwrap();
    // It comes out that the pack was gone before.
    let lose = Act::Lose(PackLoss::Stolen, hour(2));
    act(&trade.store, &"K2".into(), lose, (&tester(), "van"), hour(5)).await.unwrap();
    assert_eq!(account(&trade, "K2").await, (State::Stolen, [12, 8, 0, 4, 0]));
    let known = store::code::of_pack(&mut trade.store.read().await.unwrap(), &"K2".into()).await.unwrap();
    let dates: Vec<Option<Timestamp>> = [0, 6, 8, 10]
        .map(|n| known.iter().find(|record| record.code == unit(n)).and_then(|record| record.associated_at))
        .into();
    assert_eq!(dates, [None, Some(hour(1)), Some(hour(3)), Some(hour(4))]);
}

#[tokio::test]
async fn a_relabelled_case_leaves_its_units_their_own_dates() {
    let trade = Trade::new().await;
    taken(&trade, &csv(), None).await.unwrap();
    let replace = async |old: PackageCode, new: PackageCode, at: Timestamp| {
        relabel(&trade.store, (&old.to_string(), &new.to_string()), (&tester(), "torn"), at).await.unwrap();
    };
    replace(case(0), case(1), NOW.plus_ms(5)).await;
    replace(unit(0), unit(7), NOW.plus_ms(6)).await;
    let known = store::code::of_pack(&mut trade.store.read().await.unwrap(), &"K2".into()).await.unwrap();
    let of = |n: u32| known.iter().find(|record| record.code == unit(n)).unwrap();
    assert_eq!((of(1).parent.clone(), of(1).associated_at), (Some(case(1)), None));
    assert_eq!((of(7).parent.clone(), of(7).associated_at), (Some(case(1)), Some(NOW.plus_ms(6))));
    assert_eq!((of(0).parent.clone(), of(0).associated_at), (None, None));
}
