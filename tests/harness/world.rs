//! The reference data of the demo: a maker, a wholesaler, two retailers; two products; contracts, orders, notes. It satisfies
//! every rule, so that what is found is what was planted.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use shared::code::{PackageCode, check_digit, format_digital_link};

use crate::server::Server;

/// Host of the links on the labels.
pub const HOST: &str = "ID.EXAMPLE.CN";

const MEMBERS: &str =
    "member,name,role\nM,深圳制造,maker\nW,广州批发,wholesaler\nR1,红星便利店,retailer\nR2,东湖烟具,retailer\n";
const SITES: &str =
    "site,member,name,region\nSZ-GATE,M,深圳工厂 1 号门,4403\nGZ-HUB,W,广州分拣中心,4401\nR1-SHOP,R1,红星便利店,4401\n";
const BASES: &str = "basis,kind,seller,buyer,product,units\n\
    HT-2031,contract,M,W,POD,84\nHT-2044,contract,M,W,MINT,12\nPS-8841,order,W,R1,POD,6\nPS-8842,order,W,R2,POD,6\n";
const DOCUMENTS: &str = "document,basis,consignor,consignee,carrier,packing_level,product,units\n\
    FH-2031,HT-2031,M,W,顺达物流,case,POD,48\nFH-2032,HT-2031,M,W,顺达物流,case,POD,18\n\
    FH-2033,HT-2031,M,W,顺达物流,case,POD,18\nFH-2044,HT-2044,M,W,顺达物流,case,MINT,12\n\
    PD-8841,PS-8841,W,R1,顺达物流,unit,POD,6\nPD-8842,PS-8842,W,R2,顺达物流,unit,POD,6\n";

/// Units (盒) in a case of both products.
pub const UNITS_PER_CASE: usize = 6;

const CASES: usize = 13;

/// The labels' texts.
#[derive(Clone, Debug)]
pub struct Labels {
    /// Thirteen cases of POD; the last two and the eighth stay for the window.
    pub cases: Vec<String>,
    /// Their units, case by case.
    pub units: Vec<String>,
    /// One case of a pack that is reported stolen.
    pub frozen: String,
    /// Two cases of MINT, of a platform pack.
    pub mint: Vec<String>,
    /// Well formed, never issued.
    pub unknown: String,
    /// A wrong check digit.
    pub malformed: String,
}

fn gtin(body: &str) -> String {
    format!("{body}{}", check_digit::compute(body))
}

/// Imports the references, issues and imports the packs, reports one of them stolen.
pub fn set_up(server: &Server, folder: &Path) -> Result<Labels> {
    let (unit, case, mint_unit, mint_case) =
        (gtin("0690123456789"), gtin("1690123456789"), gtin("0690123456796"), gtin("1690123456796"));
    let products = format!(
        "product,name,maker,registry,level,gtin,units\nPOD,原味 3%,M,complete,unit,{unit},1\n\
         POD,原味 3%,M,complete,case,{case},{UNITS_PER_CASE}\nMINT,薄荷 2%,M,complete,unit,{mint_unit},1\n\
         MINT,薄荷 2%,M,complete,case,{mint_case},{UNITS_PER_CASE}\n"
    );
    let mint: Vec<PackageCode> = ["PLATFORM0001", "PLATFORM0002"]
        .iter()
        .map(|serial| PackageCode::item(&mint_case, serial))
        .collect::<Result<_, _>>()?;
    let mint: Vec<String> = mint.iter().map(|code| format_digital_link(HOST, code)).collect();
    let rows: Vec<String> = mint.iter().map(|code| format!("NP-7001,MINT,case,HT-2044,{code}")).collect();
    let platform = format!("pack,product,level,basis,code\n{}\n", rows.join("\n"));
    let files = [
        ("members.csv", MEMBERS),
        ("sites.csv", SITES),
        ("products.csv", &products),
        ("bases.csv", BASES),
        ("documents.csv", DOCUMENTS),
        ("platform-pack.csv", &platform),
    ];
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.join(name)).collect();
    for (path, (_, text)) in paths.iter().zip(files) {
        std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    server.run(std::iter::once("import".into()).chain(paths.iter().map(|path| path.clone().into_os_string())))?;

    let line = ["--contract", "HT-2031", "--product", "POD", "--units", "84"];
    server.run(["codes", "apply", "--number", "SM-2031", "--member", "M"].into_iter().chain(line))?;
    let issue = |level: &str, count: usize, pack: &str, parent: Option<&str>| -> Result<Vec<String>> {
        let count = count.to_string();
        let mut args = vec![
            "codes",
            "issue",
            "--contract",
            "HT-2031",
            "--product",
            "POD",
            "--level",
            level,
            "--count",
            &count,
            "--pack",
            pack,
        ];
        args.extend(parent.into_iter().flat_map(|parent| ["--parent-pack", parent]));
        codes(&server.run(args)?)
    };
    let cases = issue("case", CASES, "P-2031-1", None)?;
    let units = issue("unit", CASES * UNITS_PER_CASE, "P-2031-2", Some("P-2031-1"))?;
    let frozen = issue("case", 1, "P-2031-3", None)?.remove(0);
    server.run(["codes", "lose", "P-2031-3", "--stolen"])?;
    // The server keeps a parent's codes in canonical order: sort them so that the n-th case holds the n-th six units.
    let mut cases = cases;
    cases.sort();
    let unknown = format_digital_link(HOST, &PackageCode::item(&case, "0NEVER0SSUED")?);
    let wrong = format!("{}{}", &case[..13], (case.as_bytes()[13] - b'0' + 1) % 10);
    let malformed = format!("HTTPS://{HOST}/01/{wrong}/21/7K3M9QX2T4WD");
    Ok(Labels { cases, units, frozen, mint, unknown, malformed })
}

/// The codes of a pack file, in its order.
fn codes(csv: &str) -> Result<Vec<String>> {
    let code = |line: &str| line.split(',').nth(4).map(str::to_owned).context("a pack line without a code");
    csv.lines().skip(1).map(code).collect()
}

/// The canonical form of a label's text, as subjects name it.
pub fn canonical(text: &str) -> Result<String> {
    Ok(shared::code::parse(text)?.to_string())
}
