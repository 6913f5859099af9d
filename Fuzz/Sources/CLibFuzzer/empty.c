// A C target needs a source; what it declares is in libclang_rt.fuzzer.
