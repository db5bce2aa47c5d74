//! `carrierx sandbox ...`

use std::time::Duration;

use clap::{Args, Subcommand};

use crate::values::parse_duration;

#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Serve the sample API on a loopback address, for scripts and tests
    ///
    /// Prints the two `export` lines that other commands need to use it, and runs until Ctrl-C. The partners are made
    /// up, and the same on every run.
    Serve(ServeArgs),
}

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub struct ServeArgs {
    /// Port to listen on (0: any free port)
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,

    /// Number of partners [default: 250]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    pub partners: Option<u32>,

    /// Delay before each response: 100ms, 2s
    #[arg(long, value_name = "DURATION", default_value = "0ms", value_parser = parse_duration)]
    pub latency: Duration,
}

const EXAMPLES: &str = "\
Examples:
  carrierx sandbox serve  # paste what it prints into another shell
  carrierx sandbox serve --port 8080 --partners 20000 --latency 100ms";
