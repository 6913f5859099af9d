#pragma once

/// How many arguments the program was started with, its own name not counted.
int probe_argument_count(void);

/// The argument at an index from 0: text that lasts as long as the process.
const char *probe_argument(int index);
