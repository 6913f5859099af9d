"""The files beside the agent's own, as their readers in Python read them."""

import configparser
import io
import json
import unittest

from support import TOP

FOLDER = TOP / "Tests/NodeAgentTests/Fixtures/AgentConfiguration"


def read(path):
    """As the readers do; a section or key that comes twice is an error."""
    parser = configparser.ConfigParser(strict=True)
    parser.read_string(path.read_text(), str(path))
    return parser


def lines(text):
    """As from a file that was opened as text: of any line end."""
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")


class Configuration(unittest.TestCase):
    def test_every_file_is_read(self):
        files = sorted(FOLDER.glob("*/vnc_api_lib.ini")) + sorted(FOLDER.glob("*/contrail-lbaas-auth.conf"))
        self.assertGreaterEqual(len(files), 30)
        for file in files:
            with self.subTest(file=str(file.relative_to(FOLDER))):
                parser = read(file)
                for section in parser.sections():
                    for key in parser.options(section):
                        parser.get(section, key)

    def test_a_password_with_signs_of_its_own(self):
        parser = read(FOLDER / "keystone-v2-https/contrail-lbaas-auth.conf")
        self.assertEqual(parser.get("BARBICAN", "admin_password"), "open 100% sesame#1")

    def test_keystone_over_https(self):
        parser = read(FOLDER / "keystone-v3-https/vnc_api_lib.ini")
        self.assertEqual(parser.get("auth", "AUTHN_TYPE"), "keystone")
        self.assertEqual(parser.get("auth", "AUTHN_URL"), "/v3/auth/tokens")
        self.assertFalse(parser.getboolean("auth", "insecure"))
        self.assertEqual(parser.get("auth", "cafile"), "/k/ca.pem")

    def test_nothing_set_is_empty(self):
        parser = read(FOLDER / "defaults/contrail-lbaas-auth.conf")
        self.assertEqual(parser.get("KUBERNETES", "kubernetes_token"), "")
        self.assertEqual(parser.get("BARBICAN", "cafile"), "")
        self.assertTrue(parser.getboolean("BARBICAN", "insecure"))

    def test_the_programs_own_reading_is_pythons(self):
        """Its tests read the same cases: this is where what they expect comes from."""
        cases = json.loads((FOLDER.parent / "configparser.json").read_text())
        self.assertGreaterEqual(len(cases), 28)
        for case in cases:
            with self.subTest(case=case["name"]):
                parser = configparser.ConfigParser()
                if case.get("refused"):
                    self.assertRaises(configparser.Error, parser.read_file, lines(case["text"]))
                    continue
                parser.read_file(lines(case["text"]))
                options = {}
                for section in parser.sections():
                    for key in parser.options(section):
                        try:
                            options[f"{section}.{key}"] = parser.get(section, key)
                        except configparser.InterpolationError:
                            options[f"{section}.{key}"] = None
                self.assertEqual(options, case["options"])


if __name__ == "__main__":
    unittest.main()
