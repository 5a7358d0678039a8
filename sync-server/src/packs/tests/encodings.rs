//! Files as Chinese spreadsheets write them.

use super::*;

fn gb18030(text: &str) -> Vec<u8> {
    let bytes = encoding_rs::GB18030.encode(text).0.into_owned();
    assert_ne!(bytes, text.as_bytes());
    bytes
}

#[tokio::test]
async fn codes_and_what_is_in_what_are_read_in_gb18030() {
    let trade = Trade::new().await;
    let rows: Vec<String> = (0..12).map(|n| format!("K2,POD,unit,C1,{},批次一", unit(n))).collect();
    let file = format!("pack,product,level,basis,code,batch\nK1,POD,case,C1,{},批次一\n{}\n", case(0), rows.join("\n"));
    let done = import(&trade.store, plain(&gb18030(&file)), None, (&tester(), NOW)).await.unwrap();
    assert_eq!((done.packs, done.codes), (2, 13));
    let batches = "select count(*) as n from reference where body like '%批次一%'";
    let mut conn = trade.store.read().await.unwrap();
    let found: i64 = sqlx::Row::get(&sqlx::query(batches).fetch_one(&mut *conn).await.unwrap(), "n");
    drop(conn);
    assert_eq!(found, 2, "the batch's name is what the file says");
    let list = format!("父码,子码\n{0},{1}\n{0},{2}\n", case(0), unit(0), unit(1));
    let done = upload(&trade.store, "line", Cursor::new(gb18030(&list)), (&tester(), NOW)).await.unwrap();
    assert_eq!((done.associated, done.contradicted), (2, 0), "{:?}", done.errors);
}
