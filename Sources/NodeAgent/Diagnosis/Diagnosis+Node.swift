/// The rest of the host.
extension Diagnosis {
  func node() -> [Finding] {
    let node = observation.node
    return unless(ParameterGroup.hugePages, hugePages(node.hugePages))
      + unless(ParameterGroup.functions, functions(node.functions))
      + unless(ParameterGroup.detection.union(["VROUTER_NIC_FEATURES"]), features(node.features))
      + unless(ParameterGroup.prefix, address(node)) + nameServers(node)
  }

  private func hugePages(_ wish: HugePageWish?) -> [Finding] {
    guard let wish else { return [] }
    var findings: [Finding] = []
    if let refusal = wish.refusal {
      findings.append(
        Finding(
          .hugePagesUnmounted, "there are no files of huge pages for the module's tables",
          evidence: wish.evidence,
          remedy: refusal))
    } else if wish.mounts {
      findings.append(
        Finding(
          .hugePagesUnmounted, .warning, "no hugetlbfs with pages of \(wish.size) is mounted yet",
          evidence: wish.evidence, remedy: "run: vrouter-node-agent prepare, which mounts one"))
    }
    if let shortage = wish.shortage {
      findings.append(
        Finding(
          .hugePagesShort, .warning, shortage, evidence: wish.evidence,
          remedy: "prepare asks the kernel for more; \(wish.remedy)"))
    }
    return findings
  }

  private func functions(_ wishes: [FunctionWish]) -> [Finding] {
    wishes.compactMap { wish in
      let fact =
        "\(wish.request.interface) has not the \(wish.request.count) virtual functions that SRIOV_VF asks for"
      if let refusal = wish.refusal {
        return Finding(
          .functionsRefused, "\(fact), and can't be given them", evidence: [refusal],
          remedy: "correct what the evidence names")
      }
      guard wish.isPending else { return nil }
      return Finding(
        .functionsMissing, .warning, fact, evidence: ["it has \(wish.present)"],
        remedy: "run: vrouter-node-agent prepare")
    }
  }

  private func features(_ plans: [FeaturePlan]) -> [Finding] {
    plans.compactMap { plan in
      if let warning = plan.warning {
        return Finding(
          .featuresUnfit, .warning, warning,
          remedy: "VROUTER_NIC_FEATURES=keep leaves features as they are, unasked")
      }
      guard !plan.off.isEmpty else { return nil }
      return Finding(
        .featuresUnfit, .warning, "features of \(plan.interface) are on that the vRouter can't live with",
        evidence: plan.off.map { "\($0) is on" },
        remedy: "run: vrouter-node-agent prepare, which turns them off")
    }
  }

  private func address(_ node: NodeObservation) -> [Finding] {
    let remedy =
      "set VROUTER_SUBNET_PREFIX to the length of the subnet's prefix (32, if the node really is alone)"
    if case .alone(let address) = node.prefix {
      let isOverridden = settings.overrides.contains {
        $0.section == "VIRTUAL-HOST-INTERFACE" && $0.key == "ip"
      }
      guard !isOverridden else { return [] }
      return [
        Finding(
          .addressPrefixUnknown, .warning,
          "the node's address is \(address), without the prefix of its network, and the vRouter agent reports such an address as an error",
          evidence: [
            "VROUTER_SUBNET_PREFIX is not set, and this is no machine of a cloud that could be asked"
          ],
          remedy: remedy)
      ]
    }
    guard case .unknown(let reason) = node.prefix, let decision = try? observation.detection.get() else {
      return []
    }
    return [
      Finding(
        .addressPrefixUnknown,
        "the prefix of the node's network is not known: its address is \(decision.address)",
        evidence: [reason], remedy: remedy)
    ]
  }

  private func nameServers(_ node: NodeObservation) -> [Finding] {
    guard let lost = node.lostNameServers else { return [] }
    return [
      Finding(
        .nameServersLost, .warning, "the host has no name servers, and had some before vhost0 took over",
        evidence: ["\(lost.path) names none"], remedy: "run: vrouter-node-agent prepare, which puts them back"
      )
    ]
  }
}
