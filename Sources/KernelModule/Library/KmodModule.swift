import CKmod

/// Owner of one reference to a libkmod module.
///
/// libkmod keeps one object for each name as long as somebody refers to it, and a second path for the
/// same name is then an error: references are therefore short-lived.
@safe struct KmodModule: ~Copyable {
  let pointer: OpaquePointer

  init(owning pointer: OpaquePointer) {
    unsafe self.pointer = pointer
  }

  deinit {
    unsafe _ = kmod_module_unref(pointer)
  }

  var name: String {
    guard let name = unsafe kmod_module_get_name(pointer) else { return "" }
    return unsafe String(cString: name)
  }

  /// The file, as the context's tree or the caller gave it.
  var path: String? {
    guard let path = unsafe kmod_module_get_path(pointer) else { return nil }
    return unsafe String(cString: path)
  }

  /// What modprobe.d and the kernel's command line say about its options.
  var configuredOptions: String {
    guard let options = unsafe kmod_module_get_options(pointer) else { return "" }
    return unsafe String(cString: options)
  }

  /// The command that modprobe.d puts in place of the load.
  var installCommand: String? {
    guard let command = unsafe kmod_module_get_install_commands(pointer) else { return nil }
    return unsafe String(cString: command)
  }
}

/// Owner of a list of modules that libkmod handed out.
@safe struct KmodModuleList: ~Copyable {
  private let first: OpaquePointer?

  init(owning first: OpaquePointer?) {
    unsafe self.first = unsafe first
  }

  deinit {
    unsafe _ = kmod_module_unref_list(first)
  }

  /// Calls the body with each module, in order, until it answers false.
  func forEach<Failure: Error>(
    _ body: (borrowing KmodModule) throws(Failure) -> Bool
  ) throws(Failure) {
    var entry = unsafe first
    while let current = unsafe entry {
      if let pointer = unsafe kmod_module_get_module(current) {
        let module = unsafe KmodModule(owning: pointer)
        guard try body(module) else { return }
      }
      unsafe entry = kmod_list_next(first, current)
    }
  }
}
