//! `PostgreSQL` over TLS, as it is run on another machine: who the database is, is proved or the server does not begin.

use std::path::Path;

use cluster::{Cluster, Identity};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use sync_server::store::{self, DatabaseSettings, DatabaseUrl, Store, StoreError};

use crate::on::LEDGER;

/// An authority: its certificate in PEM, and what signs with it.
struct Authority {
    params: CertificateParams,
    key: KeyPair,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { params, key, pem }
    }

    /// A certificate for a name, and its key.
    fn signs(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &Issuer::from_params(&self.params, &self.key)).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

async fn connect(cluster: &Cluster, host: &str, root: &Path) -> Result<Store, StoreError> {
    let parameters = format!("sslmode=verify-full&sslrootcert={}", root.display());
    let url = DatabaseUrl::new(cluster.tcp_url(host, "postgres", &parameters));
    Store::connect(&DatabaseSettings::Postgres(url), LEDGER).await
}

#[tokio::test]
async fn a_database_proves_who_it_is_or_nothing_is_told_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, other) = (Authority::new(), Authority::new());
    let (certificate, key) = ours.signs("localhost");
    let cluster = Cluster::with_tls(folder.path(), Identity { certificate: &certificate, key: &key }).unwrap();
    let root = folder.path().join("root.pem");
    std::fs::write(&root, &ours.pem).unwrap();

    let store = connect(&cluster, "localhost", &root).await.unwrap();
    assert_eq!(store::ledger_id(&mut store.read().await.unwrap()).await.unwrap(), LEDGER);
    let encrypted = "select count(*) filter (where not ssl) from pg_stat_ssl join pg_stat_activity using (pid) \
                     where backend_type = 'client backend' and client_addr is not null";
    assert_eq!(cluster.sql("postgres", encrypted).unwrap(), "0", "every connection over TCP is encrypted");
    drop(store);

    // The certificate is for another name: somebody else's database, or somebody in between.
    let error = connect(&cluster, "127.0.0.1", &root).await.unwrap_err().to_string();
    assert!(error.contains("cannot be opened") && error.to_lowercase().contains("certificate"), "{error}");
    std::fs::write(&root, &other.pem).unwrap();
    let error = connect(&cluster, "localhost", &root).await.unwrap_err().to_string();
    assert!(error.contains("cannot be opened") && error.to_lowercase().contains("certificate"), "{error}");
    assert!(error.contains("postgres://tallyman@localhost"), "which database is said: {error}");
}
