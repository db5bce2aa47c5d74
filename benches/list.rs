//! What a whole list costs in this program and in others that write the same six columns as CSV: one `curl` with one
//! `jq` or `gojq`, Python with requests, and Python with polars. `curl` alone is the floor.
//!
//! `cargo bench` starts the program's own sandbox server, keeps its responses in memory in front of it, requests the
//! same pages in every way, and prints the tables of BENCHMARKS.md. The system's accounting measures whole processes
//! with their children; each figure is the median of three runs after a warm-up. `CARRIERX_BENCH_MILLION=1 cargo bench`
//! adds a list of a million partners, for which the server takes 4 GB of memory. Tools that are not installed are left
//! out.

#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

#[cfg(unix)]
mod replies;

#[cfg(unix)]
fn main() {
    unix::main();
}

#[cfg(not(unix))]
fn main() {
    eprintln!("the benchmark needs the accounting of a Unix system");
}

#[cfg(unix)]
mod unix {
    use std::env;
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use crate::replies;
    use nix::sys::resource::{UsageWho, getrusage};

    const CARRIERX: &str = env!("CARGO_BIN_EXE_carrierx");

    /// Measured runs of each command.
    const RUNS: usize = 3;

    /// The argument with which this program calls itself to measure one command in a separate process.
    const MEASURE: &str = "--measure";

    /// What a page takes to come where the network is slow.
    const LATENCY: Duration = Duration::from_millis(100);

    const SIX: &str = "display_id,company_name,name,status,balance,payment_type";

    /// The same columns by jq or gojq, of every page that one curl fetches.
    const JQ: &str = ".items[] | [.display_id, .company_name, .name, .status, .balance, .payment_type] | @csv";

    /// The same columns by Python, of pages fetched over one connection: as rows of the csv module, or by polars.
    const PYTHON: &str = r#"
import csv, os, requests, sys
session = requests.Session()
session.headers["Authorization"] = "Bearer " + os.environ["CARRIERX_TOKEN"]
fields = sys.argv[2].split(",")
offset, more = 0, True
if sys.argv[1] == "polars":
    import polars
else:
    writer = csv.writer(sys.stdout)
    writer.writerow(fields)
while more:
    parameters = {"limit": 1000, "offset": offset, "order": "date_created asc", "include_fields": sys.argv[2]}
    page = session.get(os.environ["CARRIERX_BASE_URL"] + "/partners", params=parameters).json()
    rows = [[partner[field] for field in fields] for partner in page["items"]]
    if sys.argv[1] == "polars":
        table = polars.DataFrame(rows, schema={field: polars.String for field in fields}, orient="row")
        table.write_csv(sys.stdout.buffer, include_header=offset == 0)
    else:
        writer.writerows(rows)
    offset, more = offset + len(rows), page["has_more"]
"#;

    /// The sums of `count --by status --sum balance`, by a database in the process.
    const DUCKDB: &str = "import duckdb, sys; print(duckdb.sql(f\"select status, count(*), sum(balance::decimal(23, 8)) \
        from read_json('{sys.argv[1]}') group by status\"))";

    /// A workbook of a saved list, every value as it is.
    const OPENPYXL: &str = r#"
import json, openpyxl, sys
workbook = openpyxl.Workbook(write_only=True)
sheet = workbook.create_sheet("partners")
for number, line in enumerate(open(sys.argv[1])):
    partner = json.loads(line)
    if number == 0:
        sheet.append(list(partner))
    sheet.append([json.dumps(value) if isinstance(value, (dict, list)) else value for value in partner.values()])
workbook.save(sys.argv[2])
"#;

    /// What a process took.
    #[derive(Debug, Clone, Copy)]
    struct Cost {
        wall: f64,
        cpu: f64,
        megabytes: f64,
    }

    pub fn main() {
        let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
        if arguments.first().is_some_and(|argument| argument == MEASURE) {
            return measure(&arguments[1..]);
        }
        report_load("before");
        start_up();
        for latency in [Duration::ZERO, LATENCY] {
            lists(100_000, latency);
        }
        pages_in_parallel();
        memory();
        table();
        saved_lists();
        report_load("after");
    }

    /// What else ran on the machine shows in these: one process of ours and a server are two at most.
    fn report_load(when: &str) {
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_else(|_| "unknown".to_owned());
        println!("\nLoad average {when}: {}", load.trim());
    }

    /// Runs one command with its output discarded, and prints what it took. It does so in a separate process, because
    /// the system adds up the children of a process.
    fn measure(command: &[String]) {
        let began = Instant::now();
        let status = Command::new(&command[0]).args(&command[1..]).stdout(Stdio::null()).status().expect("a command");
        let wall = began.elapsed().as_secs_f64();
        assert!(status.success(), "{command:?}: {status}");
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system's accounting");
        let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
        let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
        println!("{wall} {cpu} {}", usage.max_rss() as f64 / 1024.0);
    }

    /// The median cost of a command over several runs after a warm-up, or that of a single run without one.
    fn cost(server: Option<&Server>, runs: usize, command: &[&str]) -> Cost {
        let run = || {
            let mut measured = Command::new(env::current_exe().expect("this program"));
            measured.arg(MEASURE).args(command).stderr(Stdio::inherit());
            measured.envs(server.iter().flat_map(|server| server.environment.clone()));
            let output = measured.output().expect("a measured run");
            let text = String::from_utf8_lossy(&output.stdout);
            let figures: Vec<f64> = text.split_whitespace().filter_map(|figure| figure.parse().ok()).collect();
            let [wall, cpu, megabytes] = figures[..] else { panic!("{command:?}: {output:?}") };
            Cost { wall, cpu, megabytes }
        };
        if runs > 1 {
            run();
        }
        let costs: Vec<Cost> = (0..runs).map(|_| run()).collect();
        let median = |figure: fn(&Cost) -> f64| {
            let mut figures: Vec<f64> = costs.iter().map(figure).collect();
            figures.sort_by(f64::total_cmp);
            figures[figures.len() / 2]
        };
        Cost { wall: median(|cost| cost.wall), cpu: median(|cost| cost.cpu), megabytes: median(|cost| cost.megabytes) }
    }

    /// The sandbox server, until it is dropped.
    struct Server {
        process: Child,
        environment: Vec<(String, String)>,
    }

    impl Server {
        fn start(partners: u64, latency: Duration, options: &[&str]) -> Self {
            let mut command = Command::new(CARRIERX);
            command
                .args(["sandbox", "serve", "--partners", &partners.to_string()])
                .args(options)
                .stdout(Stdio::piped());
            let mut process = command.spawn().expect("the sandbox");
            let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines().take(2);
            let pair = |line: String| {
                let (name, value) = line.trim_start_matches("export ").split_once('=').expect("a pair");
                (name.to_owned(), value.to_owned())
            };
            let mut environment: Vec<_> = lines.map(|line| pair(line.expect("a line"))).collect();
            let base_url = &mut environment[0].1;
            let origin = base_url.trim_start_matches("http://").split('/').next().expect("a host").to_owned();
            let address = replies::of(origin.parse().expect("an address"), latency).expect("a port");
            *base_url = base_url.replace(&origin, &address.to_string());
            Self { process, environment }
        }

        /// The URL of every page, for curl to expand.
        fn pages(&self, partners: u64) -> String {
            let (_, base_url) = &self.environment[0];
            format!("{base_url}/partners?limit=1000&order=date_created%20asc&offset=[0-{}:1000]", partners - 1)
        }
    }

    impl Drop for Server {
        fn drop(&mut self) {
            _ = self.process.kill().and_then(|()| self.process.wait());
        }
    }

    fn all<'a>(options: &[&'a str]) -> Vec<&'a str> {
        [&[CARRIERX, "partners", "list", "--all"], options].concat()
    }

    /// Whether a command ends well here.
    fn works(command: &[&str]) -> bool {
        let mut command_line = Command::new(command[0]);
        command_line.args(&command[1..]).stdout(Stdio::null()).stderr(Stdio::null());
        command_line.status().is_ok_and(|status| status.success())
    }

    fn lists(partners: u64, latency: Duration) {
        let server = Server::start(partners, latency, &[]);
        let pages = server.pages(partners);
        let curl = ["curl", "-s", "-H", "Authorization: Bearer sandbox", &pages];
        let piped = |filter: &str| {
            format!("curl -s -H 'Authorization: Bearer sandbox' '{pages}&include_fields={SIX}' | {filter} -r '{JQ}'")
        };
        let (jq, gojq) = (piped("jq"), piped("gojq"));
        println!("\n{partners} partners, {latency:?} a page, responses not compressed\n");
        println!("| | wall, s | CPU, s | CPU, ratio | CPU per partner, µs | peak memory, MB |");
        println!("| --- | ---: | ---: | ---: | ---: | ---: |");
        let mut first = None;
        for (name, needs, command) in [
            ("carrierx, six columns", vec![], all(&["-o", "csv", "-F", SIX])),
            ("curl and jq, six columns", vec!["jq", "--version"], vec!["bash", "-c", &jq]),
            ("curl and gojq, six columns", vec!["gojq", "--version"], vec!["bash", "-c", &gojq]),
            (
                "Python with requests, six columns",
                vec!["python3", "-c", "import requests"],
                vec!["python3", "-c", PYTHON, "csv", SIX],
            ),
            (
                "Python with polars, six columns",
                vec!["python3", "-c", "import requests, polars"],
                vec!["python3", "-c", PYTHON, "polars", SIX],
            ),
            ("carrierx, every field", vec![], all(&["-o", "csv"])),
            ("carrierx, every field as JSON Lines", vec![], all(&["-o", "jsonl"])),
            ("the same, one page at a time", vec![], all(&["-o", "jsonl", "--parallel", "1"])),
            ("curl alone, to `/dev/null`", vec!["curl", "--version"], curl.to_vec()),
        ] {
            if !needs.is_empty() && !works(&needs) {
                println!("| {name} | not installed | | | | |");
                continue;
            }
            let Cost { wall, cpu, megabytes } = cost(Some(&server), RUNS, &command);
            let ratio = cpu / *first.get_or_insert(cpu);
            let per_partner = cpu * 1e6 / partners as f64;
            println!("| {name} | {wall:.2} | {cpu:.2} | {ratio:.1} | {per_partner:.1} | {megabytes:.0} |");
        }
    }

    fn start_up() {
        println!("\nStart-up: {} runs in a row\n", START_UPS);
        println!("| | wall a run, ms | against curl |\n| --- | ---: | ---: |");
        const START_UPS: usize = 50;
        let a_run = |command: &str| {
            let many = format!("for i in $(seq {START_UPS}); do {command}; done");
            cost(None, RUNS, &["bash", "-c", &many]).wall * 1000.0 / START_UPS as f64
        };
        let curl = a_run("curl --version");
        for (name, milliseconds) in [
            ("curl --version", curl),
            ("carrierx --version", a_run(&format!("{CARRIERX} --version"))),
            ("carrierx --help", a_run(&format!("{CARRIERX} --help"))),
        ] {
            println!("| {name} | {milliseconds:.1} | {:.2} |", milliseconds / curl);
        }
    }

    fn pages_in_parallel() {
        let server = Server::start(20_000, LATENCY, &[]);
        let wall = |parallel: &str| {
            // 21 pages of at most 976.
            cost(Some(&server), RUNS, &all(&["-o", "jsonl", "--page-size", "976", "--parallel", parallel])).wall
        };
        let (four, one) = (wall("4"), wall("1"));
        println!("\n21 pages at 100 ms: {four:.2} s four at a time, {one:.2} s one at a time, ratio {:.2}", four / one);
    }

    fn memory() {
        let mut counts = vec![5_000_u64, 100_000];
        if env::var_os("CARRIERX_BENCH_MILLION").is_some() {
            counts.push(1_000_000);
        }
        println!("\nPeak memory, as many pages at a time as by default; the IDs to detect duplicates are part of it\n");
        println!("| partners | csv, MB | jsonl, MB |\n| ---: | ---: | ---: |");
        for partners in counts {
            let server = Server::start(partners, Duration::ZERO, &[]);
            let [csv, jsonl] = ["csv", "jsonl"].map(|format| cost(Some(&server), 1, &all(&["-o", format])).megabytes);
            println!("| {partners} | {csv:.1} | {jsonl:.1} |");
        }
    }

    fn table() {
        let server = Server::start(10_000, Duration::ZERO, &[]);
        let Cost { cpu, megabytes, .. } = cost(Some(&server), RUNS, &all(&["-o", "table", "--quiet"]));
        println!("\nA table of 10,000 rows: {:.0} ms of CPU, {megabytes:.0} MB", cpu * 1000.0);
    }

    fn saved_lists() {
        println!("\nSaved lists; the second has other balances\n");
        println!("| | wall, s | CPU, s | peak memory, MB |\n| --- | ---: | ---: | ---: |");
        for partners in [20_000, 100_000] {
            let server = Server::start(partners, Duration::ZERO, &[]);
            let folder = tempfile::tempdir().expect("a folder");
            let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
            let [old, new, old_csv, new_csv] = ["old.jsonl", "new.jsonl", "old.csv", "new.csv"].map(path);
            let [workbook, history] = ["list.xlsx", "history.db"].map(path);
            for (list, other) in [(&old, &new), (&old_csv, &new_csv)] {
                cost(Some(&server), 1, &all(&["--to", list]));
                let text = std::fs::read_to_string(list).expect("a list");
                std::fs::write(
                    other,
                    text.replace("\"balance\":\"", "\"balance\":\"1").replace(",prepay,", ",postpay,"),
                )
                .expect("room for another");
            }
            let diff = |lists: &[&str]| -> Vec<String> {
                [&[CARRIERX, "partners", "diff", "-o", "csv", "-q"], lists]
                    .concat()
                    .into_iter()
                    .map(str::to_owned)
                    .collect()
            };
            let list = |arguments: &[&str]| arguments.iter().map(|argument| (*argument).to_owned()).collect::<Vec<_>>();
            for (name, server, command) in [
                ("diff of two files of JSON Lines", None, diff(&[&old, &new])),
                ("diff of a file and the API", Some(&server), diff(&[&old])),
                ("the list alone", Some(&server), list(&all(&["-o", "jsonl"]))),
                ("diff of two files of CSV", None, diff(&[&old_csv, &new_csv])),
                ("csv-diff of the same", None, list(&["csv-diff", "--key=partner_sid", &old_csv, &new_csv])),
                (
                    "a partner of a file, by --from",
                    None,
                    list(&[CARRIERX, "partners", "list", "-l", "1", "--from", &old]),
                ),
                (
                    "count by status with sums, of a file",
                    None,
                    list(&[CARRIERX, "partners", "count", "--by", "status", "--sum", "balance", "--from", &old]),
                ),
                ("the same by duckdb", None, list(&["python3", "-c", DUCKDB, &old])),
                ("workbook of a file", None, list(&all(&["--from", &old, "--to", &workbook, "--force"]))),
                ("the same by openpyxl", None, list(&["python3", "-c", OPENPYXL, &old, &workbook])),
                (
                    "snapshot, no partner having changed",
                    Some(&server),
                    list(&[CARRIERX, "partners", "snapshot", "-q", "--history", &history]),
                ),
            ] {
                let needs = match command[0].as_str() {
                    CARRIERX => vec![CARRIERX, "--version"],
                    "python3" => vec!["python3", "-c", "import duckdb, openpyxl"],
                    other => vec![other, "--version"],
                };
                if !works(&needs) {
                    println!("| {partners}: {name} | not installed | | |");
                    continue;
                }
                let command: Vec<&str> = command.iter().map(String::as_str).collect();
                let Cost { wall, cpu, megabytes } = cost(server, RUNS, &command);
                println!("| {partners}: {name} | {wall:.2} | {cpu:.2} | {megabytes:.0} |");
            }
        }
    }
}
