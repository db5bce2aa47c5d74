//! What a whole list costs, side by side: this program, `curl` alone as the floor, and the loop over `curl` and `jq`
//! that people write instead.
//!
//! `cargo bench` starts the program's own sandbox server, asks it for the same pages in every way, and prints the tables
//! that BENCHMARKS.md quotes. Whole processes are measured by the system's accounting; each figure is the median of some
//! runs after one that is not counted (the slow loop over 100,000 partners runs once). `CARRIERX_BENCH_MILLION=1 cargo bench` adds a list of a million partners, which
//! takes 4 GB of memory for the server.

#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

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
    use std::time::Instant;

    use nix::sys::resource::{UsageWho, getrusage};

    const CARRIERX: &str = env!("CARGO_BIN_EXE_carrierx");

    /// Runs of each command that are counted.
    const RUNS: usize = 3;

    /// The argument by which this program calls itself to measure one command in a process of its own.
    const MEASURE: &str = "--measure";

    const SIX: &str = "display_id,company_name,name,status,balance,payment_type";

    /// The loop that people write: one request after the other, every page through jq twice.
    const LOOP: &str = r#"
        offset=0
        while :; do
            page=$(curl -s -H "Authorization: Bearer $CARRIERX_TOKEN" \
                "$CARRIERX_BASE_URL/partners?limit=1000&offset=$offset")
            jq -r '.items[] | [.display_id, .company_name, .name, .status, .balance, .payment_type] | @csv' <<<"$page"
            [ "$(jq .has_more <<<"$page")" = true ] || break
            offset=$((offset + 1000))
        done"#;

    /// What a process took.
    #[derive(Debug, Clone, Copy)]
    struct Cost {
        wall: f64,
        cpu: f64,
        megabytes: f64,
    }

    pub(crate) fn main() {
        let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
        if arguments.first().is_some_and(|argument| argument == MEASURE) {
            return measure(&arguments[1..]);
        }
        for tool in ["curl", "jq", "bash"] {
            assert!(Command::new(tool).arg("--version").output().is_ok(), "{tool} is needed for comparison");
        }
        start_up();
        for partners in [20_000, 100_000] {
            for latency in ["0ms", "100ms"] {
                lists(partners, latency);
            }
        }
        pages_in_parallel();
        memory();
        table();
        bytes_on_the_wire();
    }

    /// Runs one command, its output thrown away, and prints what it took; in a process of its own, as the system counts
    /// the children of a process together.
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

    /// The median cost of a command over some runs, after one that is not counted; a single run is counted as it is.
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
        fn start(arguments: &[&str]) -> Self {
            let mut command = Command::new(CARRIERX);
            command.args(["sandbox", "serve"]).args(arguments).stdout(Stdio::piped());
            let mut process = command.spawn().expect("the sandbox");
            let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines().take(2);
            let pair = |line: String| {
                let (name, value) = line.trim_start_matches("export ").split_once('=').expect("a pair");
                (name.to_owned(), value.to_owned())
            };
            let environment = lines.map(|line| pair(line.expect("a line"))).collect();
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

    fn lists(partners: u64, latency: &str) {
        let server = Server::start(&["--partners", &partners.to_string(), "--latency", latency]);
        let pages = server.pages(partners);
        let floor = ["curl", "-s", "-H", "Authorization: Bearer sandbox", "-o", "/dev/null", &pages];
        println!("\n{partners} partners, {latency} a page, answers not compressed\n");
        println!("| | wall, s | CPU, s | CPU a partner, µs | peak, MB | wall against the first |");
        println!("| --- | ---: | ---: | ---: | ---: | ---: |");
        let mut first = None;
        for (name, command) in [
            ("`-o csv -F` six columns", all(&["-o", "csv", "-F", SIX])),
            ("`-o csv`, every field", all(&["-o", "csv"])),
            ("`-o jsonl`, every field", all(&["-o", "jsonl"])),
            ("`-o jsonl --parallel 1`", all(&["-o", "jsonl", "--parallel", "1"])),
            ("curl to nowhere, the floor", floor.to_vec()),
            ("loop of curl and jq, six columns", vec!["bash", "-c", LOOP]),
        ] {
            let runs = if name.starts_with("loop") && partners > 20_000 { 1 } else { RUNS };
            let Cost { wall, cpu, megabytes } = cost(Some(&server), runs, &command);
            let first = *first.get_or_insert(wall);
            let a_partner = cpu * 1e6 / partners as f64;
            println!("| {name} | {wall:.2} | {cpu:.2} | {a_partner:.1} | {megabytes:.0} | {:.1} |", wall / first);
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
        let server = Server::start(&["--partners", "20000", "--latency", "100ms"]);
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
        println!("\nPeak memory, four pages at a time; identifiers take 17 to 39 bytes a partner of it\n");
        println!("| partners | csv, MB | jsonl, MB |\n| ---: | ---: | ---: |");
        for partners in counts {
            let server = Server::start(&["--partners", &partners.to_string()]);
            let [csv, jsonl] = ["csv", "jsonl"].map(|format| cost(Some(&server), 1, &all(&["-o", format])).megabytes);
            println!("| {partners} | {csv:.1} | {jsonl:.1} |");
        }
    }

    fn table() {
        let server = Server::start(&["--partners", "10000"]);
        let Cost { cpu, megabytes, .. } = cost(Some(&server), RUNS, &all(&["-o", "table", "--quiet"]));
        println!("\nA table of 10,000 rows: {:.0} ms of CPU, {megabytes:.0} MB", cpu * 1000.0);
    }

    fn bytes_on_the_wire() {
        let server = Server::start(&["--partners", "20000", "--gzip"]);
        let bytes = |encoding: &str| {
            let mut curl = Command::new("curl");
            curl.args(["-s", "-H", "Authorization: Bearer sandbox", "-w", "%{size_download}\n", "-o", "/dev/null"]);
            let output = curl.args(["-H", &format!("Accept-Encoding: {encoding}"), &server.pages(20_000)]).output();
            let text = String::from_utf8_lossy(&output.expect("curl").stdout).into_owned();
            text.lines().filter_map(|bytes| bytes.parse::<u64>().ok()).sum::<u64>() as f64
        };
        let (compressed, plain) = (bytes("gzip"), bytes("identity"));
        let Cost { wall, cpu, .. } = cost(Some(&server), RUNS, &all(&["-o", "jsonl"]));
        println!(
            "\nCompressed answers: {:.1} of {:.1} MB, a {:.1}th; 20,000 partners as jsonl then take {wall:.2} s, {cpu:.2} s of CPU",
            compressed / 1e6,
            plain / 1e6,
            plain / compressed
        );
    }
}
