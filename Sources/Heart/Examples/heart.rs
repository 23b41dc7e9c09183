// A beat after each round of work. usage: heart [ROUNDS]
use std::{env, fs::File, thread, time::Duration, time::SystemTime};

fn main() {
    let state = env::var("WATCHDOG_STATE").unwrap_or("/run/watchdog".to_string());
    let beat = format!("{state}/beats/web");
    let rounds = env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(1_000_000);
    for _ in 0..rounds {
        thread::sleep(Duration::from_millis(100)); // the work
        // To read and write: the file is there already, and must not be made here.
        let file = File::options().read(true).write(true).open(&beat);
        if let Err(error) = file.and_then(|file| file.set_modified(SystemTime::now())) {
            eprintln!("unable to beat: {beat}: {error}");
        }
    }
}
