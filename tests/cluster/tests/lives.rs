//! Servers of tests start, are shared, are stopped and started, and end with who used them.

use std::process::Command;
use std::time::{Duration, Instant};

use cluster::Cluster;

#[test]
fn programs_share_a_server_and_each_test_has_a_database_of_its_own() {
    let cluster = Cluster::shared().unwrap();
    let (one, other) = (cluster.create().unwrap(), cluster.create().unwrap());
    one.sql("create table here (n int); insert into here values (1), (2)").unwrap();
    assert_eq!(one.sql("select n from here order by n").unwrap(), "1\n2");
    let error = other.sql("select n from here").unwrap_err().to_string();
    assert!(error.contains("relation \"here\" does not exist"), "{error}");
    assert!(one.url().contains("?host=/"), "no port is opened: {}", one.url());
    let name = one.sql("select current_database()").unwrap();
    drop(one);
    let left = cluster.sql("postgres", &format!("select count(*) from pg_database where datname = '{name}'"));
    assert_eq!(left.unwrap(), "0");
}

#[test]
fn a_private_server_is_stopped_started_and_gone() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path()).unwrap();
    let database = cluster.create().unwrap();
    database.sql("create table here (n int)").unwrap();
    cluster.stop().unwrap();
    assert!(database.sql("select 1").is_err());
    cluster.start().unwrap();
    assert_eq!(database.sql("select count(*) from here").unwrap(), "0");
    drop(database);
    drop(cluster);
    assert!(!folder.path().join("pg").exists());
}

/// This test's own program starts itself again as one that is killed.
#[test]
fn a_server_whose_test_was_killed_ends_as_well() {
    const FOLDER: &str = "CLUSTER_TEST_FOLDER";
    if let Some(folder) = std::env::var_os(FOLDER) {
        let cluster = Cluster::private(folder.as_ref()).unwrap();
        std::fs::write(std::path::Path::new(&folder).join("started"), cluster.url("postgres")).unwrap();
        std::process::abort();
    }
    let folder = tempfile::tempdir().unwrap();
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "a_server_whose_test_was_killed_ends_as_well"]).env(FOLDER, folder.path());
    assert!(!again.output().unwrap().status.success(), "it was killed");
    assert!(folder.path().join("started").exists(), "it had a server");
    let since = Instant::now();
    while folder.path().join("pg").exists() {
        assert!(since.elapsed() < Duration::from_mins(1), "the server's folder is still there");
        std::thread::sleep(Duration::from_millis(50));
    }
}
