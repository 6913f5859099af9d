/// Exchanges recorded with the real kernel.
enum Golden {
  /// A request and the datagrams that answered it.
  struct Exchange: Sendable {
    let request: [UInt8]
    let answers: [[UInt8]]

    init(request: String, answers: [String]) {
      self.request = bytes(hex: request)
      self.answers = answers.map { bytes(hex: $0) }
    }
  }

  /// Every one of them.
  static let all: [Exchange] = [
    links, linkV0, linkMissing, refusedLinkDump, refusedKind, acknowledged, addresses, addressesOfMissingLink,
    refusedAddressDump, routesIPv4, routesTable1000, routesMissingTable, routesIPv6, getGateway, getAttached,
    getLocal, getMultipath, getNextHopObject, getBlackhole, getUnreachable, getProhibit, getNoRoute, getIPv6,
    getMultipathIPv6, getUnreachableIPv6, getNoRouteIPv6, refusedGet, rulesIPv4, rulesIPv6, entryDefault,
    entryMultipath, entryLocal, entryNextHopObject, entryNoRoute, entryDefaultIPv6, entryMultipathIPv6,
    entryLocalIPv6, entryUnreachableIPv6, entryFrom, neighbours, neighboursOfLink, nextHopObjects,
    nextHopObject10, nextHopObjectMissing, routesByObjects, entryByObject, guestLinks, guestBondAlone,
    guestPortAlone, familyVRouter, vrouterList, disciplines,
    filters, nftChains, nftRules, nftElements, boundUDP, packetSockets,
  ]
}

/// Bytes written as pairs of hexadecimal digits; blanks and line breaks don't matter.
func bytes(hex: String) -> [UInt8] {
  let digits = hex.compactMap(\.hexDigitValue)
  precondition(digits.count.isMultiple(of: 2), "half a byte: \(hex)")
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
