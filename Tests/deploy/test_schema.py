"""Every document is what Kubernetes' own schemas accept, in both shapes."""

import copy
import re
import subprocess
import tempfile
import unittest

import kubernetes_validate
import yaml

from support import (
    BASE,
    DUTIES,
    NATIVE_SIDECAR,
    SHAPES,
    base,
    composed,
    current_kubectl,
    kustomize,
    native_sidecar,
    of_kind,
    oldest_kubectl,
    rendered,
)

# The native sidecar is a beta from 1.29 on; the base has no such limit, 1.25 is the oldest schema at hand.
VERSIONS = {"base": ["1.25", "1.29", "1.32", "1.37"], "native-sidecar": ["1.29", "1.32", "1.37"]}


class Schema(unittest.TestCase):
    def test_each_document_is_valid(self):
        for shape, versions in VERSIONS.items():
            for document in SHAPES[shape]():
                for version in versions:
                    with self.subTest(shape=shape, kind=document["kind"], version=version):
                        kubernetes_validate.validate(document, version, strict=True)

    def test_each_component_is_valid(self):
        for component in DUTIES:
            for document in composed(component):
                with self.subTest(component=component, kind=document["kind"]):
                    kubernetes_validate.validate(document, "1.25", strict=True)
        for document in composed(*DUTIES, "native-sidecar"):
            kubernetes_validate.validate(document, "1.32", strict=True)

    def test_the_command_line_says_the_same(self):
        for shape, render in SHAPES.items():
            with self.subTest(shape=shape), tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                yaml.safe_dump_all(render(), file)
                file.flush()
                done = subprocess.run(
                    ["kubernetes-validate", "-k", "1.32", "--strict", file.name],
                    capture_output=True,
                    text=True,
                    timeout=120,
                    check=False,
                )
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_misspelt_field_is_refused(self):
        """The validator has teeth: each of these would be dropped in silence by a lenient API server."""
        good = of_kind(base(), "DaemonSet")

        def template(document):
            return document["spec"]["template"]["spec"]

        cases = {
            "hostNetwork": template,
            "enableServiceLinks": template,
            "initContainers": template,
            "updateStrategy": lambda document: document["spec"],
            "readinessProbe": lambda document: template(document)["containers"][0],
            "volumeMounts": lambda document: template(document)["containers"][0],
            "readOnly": lambda document: template(document)["containers"][0]["volumeMounts"][0],
            "capabilities": lambda document: template(document)["initContainers"][0]["securityContext"],
            "exec": lambda document: template(document)["containers"][0]["readinessProbe"],
        }
        for field, parent in cases.items():
            with self.subTest(field=field):
                bad = copy.deepcopy(good)
                holder = parent(bad)
                holder[field[:-1] + "_"] = holder.pop(field)
                with self.assertRaises(kubernetes_validate.ValidationError):
                    kubernetes_validate.validate(bad, "1.32", strict=True)

    def test_the_native_sidecar_is_not_for_older_clusters(self):
        with self.assertRaises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(of_kind(native_sidecar(), "DaemonSet"), "1.25", strict=True)


def without_hash(documents):
    """Versions of kustomize differ in the hash that they put behind a ConfigMap's name."""
    return re.sub(r"(vrouter-common-env)-[a-z0-9]+", r"\1", yaml.safe_dump_all(documents))


class Rendering(unittest.TestCase):
    def test_old_and_current_kubectl_agree(self):
        """Where the system has a kubectl of its own; the oldest one is always tried."""
        self.assertTrue(kustomize(oldest_kubectl(), BASE))
        if kubectl := current_kubectl():
            self.assertEqual(without_hash(kustomize(kubectl, BASE)), without_hash(base()))
            self.assertEqual(without_hash(kustomize(kubectl, NATIVE_SIDECAR)), without_hash(native_sidecar()))
            for components in [[duty] for duty in DUTIES] + [[*DUTIES, "native-sidecar"]]:
                with self.subTest(components=components):
                    self.assertEqual(
                        without_hash(rendered(kubectl, *components)), without_hash(composed(*components))
                    )


if __name__ == "__main__":
    unittest.main()
