"""The documents about parameters and the program's table say the same."""

import re
import unittest

import params
from support import BASE, base, pod


class Parameters(unittest.TestCase):
    def test_the_document_is_the_table(self):
        self.assertEqual(
            params.DOCUMENT.read_text(), params.document(), "run Tests/deploy/params.py --write and look at it"
        )

    def test_the_sample_is_the_table(self):
        self.assertEqual(
            params.SAMPLE.read_text(), params.sample(), "run Tests/deploy/params.py --write and look at it"
        )

    def test_the_pods_settings_are_known_parameters(self):
        text = (BASE / "common.env").read_text()
        used = set(re.findall(r"^(?:# )?(?:declare -A )?([A-Z][A-Z0-9_]+)=", text, re.M))
        self.assertIn("KUBERNETES_NODES_MAP", used)
        self.assertEqual(used - params.names(), set())

    def test_the_pod_names_known_parameters(self):
        for name in ("prepare", "node-agent"):
            used = {variable["name"] for variable in pod(base()).container(name)["env"]}
            self.assertEqual(used - params.names(), set())


if __name__ == "__main__":
    unittest.main()
