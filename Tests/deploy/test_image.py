"""The image's recipe."""

import re
import subprocess
import unittest

from support import TOP

DOCKERFILE = TOP / "containers/vrouter/Dockerfile"


class Recipe(unittest.TestCase):
    def setUp(self):
        self.text = DOCKERFILE.read_text()

    def test_hadolint(self):
        done = subprocess.run(
            ["hadolint", str(DOCKERFILE)], capture_output=True, text=True, timeout=60, check=False
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_images_are_arguments_without_a_registry(self):
        arguments = dict(re.findall(r"^ARG (\w+_IMAGE)=(\S+)$", self.text, re.MULTILINE))
        self.assertEqual(set(arguments), {"BASE_IMAGE", "SWIFT_IMAGE"})
        for image in arguments.values():
            self.assertNotIn("/", image)
            self.assertRegex(image, r":[\w.-]+$")
        used = re.findall(r"^FROM (\S+)", self.text, re.MULTILINE)
        self.assertEqual(used, ["${SWIFT_IMAGE}", "${BASE_IMAGE}"])

    def test_the_programs_lie_where_the_pod_calls_them(self):
        self.assertIn('ENTRYPOINT ["/usr/bin/vrouter-node-agent"]', self.text)
        self.assertRegex(self.text, r"install -D -t /out/usr/bin \S+/vrouter-node-agent \S+/vrouter-probe")
        self.assertIn("COPY --from=build /out/ /", self.text)

    def test_the_build_context_is_a_list_of_what_is_needed(self):
        lines = [
            line
            for line in (TOP / ".dockerignore").read_text().splitlines()
            if line and not line.startswith("#")
        ]
        self.assertEqual(lines[0], "*")
        self.assertTrue(all(line.startswith("!") for line in lines[1:]))


if __name__ == "__main__":
    unittest.main()
