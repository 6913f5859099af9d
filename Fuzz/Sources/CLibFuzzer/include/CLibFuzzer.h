#pragma once
#include <stddef.h>
#include <stdint.h>

/// The fuzzer's main loop (FuzzerInterface.h of compiler-rt), for programs that have their own `main`.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

/// Changes bytes as the fuzzer does without a mutator of ours; returns the new size, at most `maximum`.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maximum);
