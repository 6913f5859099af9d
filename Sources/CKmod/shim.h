// libkmod, and what the treatment of memory and reading the kernel's log need of the C library, as Swift sees them.
#pragma once
#include <libkmod.h>
#include <sched.h>
#include <sys/klog.h>
#include <sys/vfs.h>

// glibc declares these for programs that ask for GNU extensions, which Swift's own module of it doesn't.
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set);
