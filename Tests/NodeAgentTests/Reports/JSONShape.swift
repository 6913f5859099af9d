import Foundation

/// Every member of a JSON document by its path, sorted: `candidates[].name`.
func keyPaths(_ document: String) throws -> [String] {
  var paths: Set<String> = []
  func walk(_ value: Any, _ path: String) {
    if let object = value as? [String: Any] {
      for (key, member) in object {
        let place = path.isEmpty ? key : "\(path).\(key)"
        paths.insert(place)
        walk(member, place)
      }
    } else if let array = value as? [Any] {
      for element in array { walk(element, path + "[]") }
    }
  }
  walk(try JSONSerialization.jsonObject(with: Data(document.utf8)), "")
  return paths.sorted()
}
