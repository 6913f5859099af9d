// HostFiles
