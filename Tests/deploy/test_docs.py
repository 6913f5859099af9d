"""What docs/kubernetes.md tells an operator to write works as it is written there."""

import pathlib
import re
import shutil
import tempfile
import textwrap
import unittest

import kubernetes_validate
import yaml

from support import COMPONENTS, KUSTOMIZATIONS, TOP, composed, current_kubectl, kustomize, of_kind, pod

COMMON_ENV = """\
declare -A KUBERNETES_NODES_MAP=([node-1]="192.0.2.21")
CONTROLLER_NODES="${FIRST:-192.0.2.10},192.0.2.11"
"""


class Examples(unittest.TestCase):
    def setUp(self):
        text = (TOP / "docs/kubernetes.md").read_text()
        blocks = [textwrap.dedent(block) for block in re.findall(r"^ *```yaml\n(.*?)^ *```", text, re.M | re.S)]
        self.kustomization, self.components, self.node_selector = blocks

    def test_both_parts_are_yaml(self):
        self.assertEqual(yaml.safe_load(self.kustomization)["kind"], "Kustomization")
        self.assertEqual(list(yaml.safe_load(self.node_selector)), ["patches"])

    def test_the_components_are_those_that_there_are(self):
        """In an order in which they can be applied."""
        example = yaml.safe_load(self.components)
        self.assertEqual(example["resources"], ["../../base"])
        names = [pathlib.Path(component).name for component in example["components"]]
        self.assertTrue(all((COMPONENTS / name).is_dir() for name in names), names)
        kubernetes_validate.validate(of_kind(composed(*names), "DaemonSet"), "1.32", strict=True)

    def test_an_operators_overlay(self):
        """Needs `patches:`; without a kubectl that knows it, Tests/deploy/run says that this wasn't tried."""
        kubectl = current_kubectl()
        if not kubectl:
            return
        for start in ("../native-sidecar", "../../base"):
            with self.subTest(start=start), tempfile.TemporaryDirectory() as scratch:
                tree = pathlib.Path(scratch, "kubernetes")
                shutil.copytree(KUSTOMIZATIONS, tree)
                mine = tree / "overlays/my-cluster"
                mine.mkdir()
                text = self.kustomization.replace("../native-sidecar", start) + self.node_selector
                (mine / "kustomization.yaml").write_text(text)
                (mine / "common.env").write_text(COMMON_ENV)

                documents = kustomize(kubectl, mine)
                for document in documents:
                    kubernetes_validate.validate(document, "1.32", strict=True)
                map = of_kind(documents, "ConfigMap")
                self.assertEqual(map["data"], {"common.env": COMMON_ENV})
                rendered = pod(documents)
                self.assertEqual(rendered.volume("common-env")["configMap"]["name"], map["metadata"]["name"])
                self.assertIn("node-role.opencontrail.org/agent", rendered.spec["nodeSelector"])
                for container in rendered.containers:
                    self.assertRegex(container["image"], r"^registry\.example/[a-z-]+:(1\.0|R25\.1)$")


if __name__ == "__main__":
    unittest.main()
