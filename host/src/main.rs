use countersign_engine::Builtin;
include!(concat!(env!("OUT_DIR"), "/builtins.rs"));
fn main() {
    let engine = countersign_engine::Engine::new().unwrap();
    for builtin in BUILTINS {
        let started = std::time::Instant::now();
        let plugin = countersign_engine::Plugin::builtin(&engine, builtin);
        match plugin {
            Ok(plugin) => {
                let loaded = started.elapsed();
                let answer = countersign_engine::Stage::new(&engine, &plugin, plugin.kind()).map(|stage| stage.describe().result);
                eprintln!("{} {:?} {:?} {:?}", builtin.name, loaded, started.elapsed(), answer.map(|a| a.map(|d| d.summary)));
            }
            Err(error) => eprintln!("{} {error}", builtin.name),
        }
    }
}
