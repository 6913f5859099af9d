import Netlink

/// How an interface below vhost0 receives, as JSON carries it: ``ReceiveSettings``, by the names and in the units of ethtool(8).
struct ReceiveReport: Encodable {
  let interface: String
  let rings: Rings?
  let channels: Channels?
  let coalescing: Coalescing?

  struct Rings: Encodable {
    let rx: UInt32?
    let rxMax: UInt32?
    let tx: UInt32?
    let txMax: UInt32?
  }

  struct Channels: Encodable {
    let rx: UInt32?
    let rxMax: UInt32?
    let tx: UInt32?
    let txMax: UInt32?
    let combined: UInt32?
    let combinedMax: UInt32?
  }

  struct Coalescing: Encodable {
    let rxUsecs: UInt32?
    let rxFrames: UInt32?
    let txUsecs: UInt32?
    let txFrames: UInt32?
    let adaptiveRx: Bool?
    let adaptiveTx: Bool?
  }

  init(_ interface: String, _ settings: ReceiveSettings) {
    self.interface = interface
    rings = settings.rings.map {
      Rings(rx: $0.receive, rxMax: $0.receiveLimit, tx: $0.transmit, txMax: $0.transmitLimit)
    }
    channels = settings.channels.map {
      Channels(
        rx: $0.receive, rxMax: $0.receiveLimit, tx: $0.transmit, txMax: $0.transmitLimit,
        combined: $0.combined, combinedMax: $0.combinedLimit)
    }
    coalescing = settings.coalescing.map {
      Coalescing(
        rxUsecs: $0.receiveMicroseconds, rxFrames: $0.receiveFrames, txUsecs: $0.transmitMicroseconds,
        txFrames: $0.transmitFrames, adaptiveRx: $0.adaptsReceive, adaptiveTx: $0.adaptsTransmit)
    }
  }
}
