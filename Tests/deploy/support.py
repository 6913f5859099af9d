"""Rendering the manifests, and what a path inside a container is on the host."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

import jsonpatch
import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
KUSTOMIZATIONS = TOP / "deploy/kubernetes"
BASE = KUSTOMIZATIONS / "base"
NATIVE_SIDECAR = KUSTOMIZATIONS / "overlays/native-sidecar"
COMPONENTS = KUSTOMIZATIONS / "components"
# What the base does without, each for one duty of docs/node.md.
DUTIES = ["huge-pages", "virtual-functions", "cni", "name-servers"]


def kustomize(kubectl, folder):
    done = subprocess.run(
        [kubectl, "kustomize", str(folder)], capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode != 0:
        raise AssertionError(f"{kubectl} kustomize {folder}: {done.stderr}")
    return list(yaml.safe_load_all(done.stdout))


def oldest_kubectl():
    """Debian's 1.20.2, brought by Tests/deploy/run."""
    return os.environ["KUBECTL_1_20"]


def current_kubectl():
    """The system's own, when it is one that knows `patches:` (1.21 on), else None."""
    kubectl = shutil.which("kubectl")
    if not kubectl:
        return None
    said = subprocess.run(
        [kubectl, "version", "--client"], capture_output=True, text=True, timeout=60, check=False
    ).stdout
    version = re.search(r"v1\.(\d+)\.", said)
    return kubectl if version and int(version.group(1)) >= 21 else None


def of_kind(documents, kind):
    (found,) = [document for document in documents if document["kind"] == kind]
    return found


def base():
    return kustomize(oldest_kubectl(), BASE)


def composed(*components):
    """The base with components, their patches applied here to what the oldest kubectl makes of it: no newer one is needed."""
    documents = base()
    for component in components:
        folder = COMPONENTS / component
        kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
        assert set(kustomization) == {"apiVersion", "kind", "patches"}, kustomization
        (patch,) = kustomization["patches"]
        operations = yaml.safe_load((folder / patch["path"]).read_text())
        documents = [
            jsonpatch.apply_patch(document, operations)
            if document["kind"] == patch["target"]["kind"]
            and document["metadata"]["name"] == patch["target"]["name"]
            else document
            for document in documents
        ]
    return documents


def rendered(kubectl, *components):
    """The same by a kubectl that knows components (1.21 on)."""
    with tempfile.TemporaryDirectory() as scratch:
        tree = pathlib.Path(scratch, "kubernetes")
        shutil.copytree(KUSTOMIZATIONS, tree)
        mine = tree / "overlays/composed"
        mine.mkdir()
        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": ["../../base"],
            "components": [f"../../components/{component}" for component in components],
        }
        (mine / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
        return kustomize(kubectl, mine)


def native_sidecar():
    """The overlay."""
    kustomization = yaml.safe_load((NATIVE_SIDECAR / "kustomization.yaml").read_text())
    assert kustomization["resources"] == ["../../base"], kustomization
    return composed(*(pathlib.Path(component).name for component in kustomization["components"]))


SHAPES = {"base": base, "native-sidecar": native_sidecar}


@dataclass(frozen=True)
class Place:
    """Where a container's path leads: the volume's kind and name, and the path on the host or inside the volume."""

    source: str
    volume: str
    path: str
    writable: bool


IMAGE = Place("image", "", "", False)


@dataclass(frozen=True)
class Pod:
    spec: dict

    @property
    def containers(self):
        return self.spec.get("initContainers", []) + self.spec["containers"]

    def container(self, name):
        (found,) = [one for one in self.containers if one["name"] == name]
        return found

    def volume(self, name):
        (found,) = [one for one in self.spec["volumes"] if one["name"] == name]
        return found

    def place(self, container, path):
        """Follows the deepest mount; without one it is the image's own file."""
        mounts = [
            mount
            for mount in container.get("volumeMounts", [])
            if path == mount["mountPath"] or path.startswith(mount["mountPath"].rstrip("/") + "/")
        ]
        if not mounts:
            return Place("image", "", path, not container["securityContext"].get("readOnlyRootFilesystem"))
        mount = max(mounts, key=lambda one: len(one["mountPath"]))
        rest = path[len(mount["mountPath"].rstrip("/")) :]
        volume = self.volume(mount["name"])
        (source,) = set(volume) - {"name"}
        start = volume["hostPath"]["path"] if source == "hostPath" else ""
        return Place(source, volume["name"], start + rest, not mount.get("readOnly", False))


def pod(documents):
    return Pod(of_kind(documents, "DaemonSet")["spec"]["template"]["spec"])


def argument(container, name, default=None):
    """The value behind `name` in a container's arguments."""
    arguments = container.get("args", [])
    return arguments[arguments.index(name) + 1] if name in arguments else default
