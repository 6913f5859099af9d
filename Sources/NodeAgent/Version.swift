/// The version of the program, as `--version` tells it and `CHANGELOG.md` describes it.
let version = "0.1.0"
