// KernelModule
