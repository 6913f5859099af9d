"""What the pod promises: the parts fit, the probe sees what was written, nothing has a privilege without a reason."""

import re
import unittest

import yaml

import jsonpatch

from support import (
    BASE,
    COMPONENTS,
    DUTIES,
    KUSTOMIZATIONS,
    SHAPES,
    argument,
    base,
    composed,
    native_sidecar,
    of_kind,
    pod,
)

AGENT = "contrail-vrouter-agent"
CONFIGURATION = "/etc/contrail/contrail-vrouter-agent.conf"
READY = "/run/vrouter-node-agent/ready"


class EachShape(unittest.TestCase):
    """Runs `check_…` on every shape."""

    def each(self, check):
        for shape, render in SHAPES.items():
            with self.subTest(shape=shape):
                check(pod(render()))

    def test_mounts_and_volumes_fit(self):
        def check(pod):
            names = [volume["name"] for volume in pod.spec["volumes"]]
            self.assertEqual(len(names), len(set(names)), "two volumes of one name")
            used = set()
            for container in pod.containers:
                mounts = container["volumeMounts"]
                paths = [mount["mountPath"] for mount in mounts]
                self.assertEqual(len(paths), len(set(paths)), f"{container['name']}: two mounts on one path")
                for mount in mounts:
                    self.assertIn(mount["name"], names, f"{container['name']}: no such volume")
                    used.add(mount["name"])
            self.assertEqual(used, set(names), "a volume that nothing mounts")
            for volume in pod.spec["volumes"]:
                if "hostPath" in volume:
                    self.assertTrue(volume["hostPath"].get("type"), f"{volume['name']}: type not checked")

        self.each(check)

    def test_commands_find_their_files(self):
        def check(pod):
            for name, command in {"prepare": "prepare", "node-agent": "run"}.items():
                container = pod.container(name)
                self.assertNotIn("command", container, "the image's entrypoint is the agent")
                self.assertEqual(container["args"][0], command)
                settings = pod.place(container, argument(container, "--env-file"))
                self.assertEqual((settings.source, settings.path), ("configMap", "/common.env"))
                root = argument(container, "--root")
                for path, writable in {
                    READY: True,
                    CONFIGURATION: True,
                    "/var/lib/vrouter-node-agent/identity.json": True,
                    "/proc/sys/vm/compact_memory": True,
                    "/proc/sys/vm/drop_caches": True,
                    "/proc/buddyinfo": False,
                    "/proc/sys/kernel/random/boot_id": False,
                    "/sys/module/vrouter/srcversion": False,
                    "/lib/modules/6.1.0/modules.dep": False,
                    "/lib/modprobe.d/aliases.conf": False,
                    "/etc/modprobe.d/vrouter.conf": False,
                    "/run/modprobe.d/vrouter.conf": True,
                    "/opt/contrail/vrouter-kernel-modules/6.1.0/vrouter.ko": False,
                }.items():
                    place = pod.place(container, root + path)
                    self.assertEqual(
                        (place.source, place.path, place.writable), ("hostPath", path, writable), name
                    )

        self.each(check)

    def test_one_run_of_the_host_for_all(self):
        """An emptyDir or a container's own layer would outlive no pod, or a reboot."""

        def check(pod):
            volume = pod.volume("host-run")
            self.assertEqual(volume["hostPath"], {"path": "/run", "type": "Directory"})
            for container in pod.containers:
                self.assertEqual(
                    [m["mountPath"] for m in container["volumeMounts"] if m["name"] == "host-run"],
                    [argument(container, "--root", "") + "/run"],
                )

        self.each(check)

    def test_probes_run_the_probe_and_see_what_it_reads(self):
        def check(pod):
            probes = []
            for container in pod.containers:
                for kind in ("readinessProbe", "startupProbe", "livenessProbe"):
                    if kind in container:
                        probes.append((container, kind, container[kind]))
            self.assertIn(("node-agent", "readinessProbe"), [(c["name"], kind) for c, kind, _ in probes])
            for container, kind, probe in probes:
                self.assertNotEqual(kind, "livenessProbe", "a restart repairs nothing on the host")
                self.assertIn("exec", probe)
                program, *arguments = probe["exec"]["command"]
                self.assertEqual(program.rsplit("/", 1)[-1], "vrouter-probe")

                place = pod.place(container, program)
                if container["image"].startswith("vrouter-node-agent"):
                    self.assertEqual(place.source, "image")
                    self.assertEqual(program, "/usr/bin/vrouter-probe")
                else:
                    self.assertEqual(place.source, "emptyDir")
                    preparing = pod.container("prepare")
                    (variable,) = [e for e in preparing["env"] if e["name"] == "VROUTER_PROBE_DIR"]
                    written = pod.place(preparing, variable["value"] + "/vrouter-probe")
                    self.assertEqual((written.volume, written.path), (place.volume, place.path))
                    self.assertTrue(written.writable)
                    self.assertFalse(place.writable)

                root = arguments[arguments.index("--root") + 1] if "--root" in arguments else ""
                for path in (READY, CONFIGURATION):
                    place = pod.place(container, root + path)
                    self.assertEqual((place.source, place.path), ("hostPath", path), container["name"])
                for path in ("/sys/module/vrouter", "/sys/class/net/eth0", "/proc/sys/kernel/random/boot_id"):
                    place = pod.place(container, root + path)
                    # A container of the host's network sees these of the host in its own /sys and /proc.
                    expected = ("hostPath", path) if root else ("image", path)
                    self.assertEqual((place.source, place.path), expected, container["name"])

        self.each(check)

    def test_the_vrouter_agent_runs_directly(self):
        def check(pod):
            agent = pod.container(AGENT)
            self.assertEqual(agent["command"], ["/usr/bin/contrail-vrouter-agent"])
            self.assertEqual(agent["args"], ["--config_file", CONFIGURATION])
            place = pod.place(agent, CONFIGURATION)
            self.assertEqual((place.source, place.path, place.writable), ("hostPath", CONFIGURATION, False))
            written = pod.place(pod.container("prepare"), "/host" + CONFIGURATION)
            self.assertEqual(written.path, place.path)
            for container in pod.containers:
                self.assertNotIn("lifecycle", container)

        self.each(check)

    def test_privileges(self):
        def check(pod):
            self.assertIs(pod.spec["hostNetwork"], True)
            for unwanted in ("hostPID", "hostIPC", "shareProcessNamespace"):
                self.assertNotIn(unwanted, pod.spec)
            self.assertIs(pod.spec["automountServiceAccountToken"], False)
            self.assertIs(pod.spec["enableServiceLinks"], False, "VROUTER_… of a Service would be a setting")
            for name in ("prepare", "node-agent"):
                security = pod.container(name)["securityContext"]
                self.assertIs(security["privileged"], False)
                self.assertIs(security["allowPrivilegeEscalation"], False)
                self.assertIs(security["readOnlyRootFilesystem"], True)
                self.assertEqual(security["seccompProfile"], {"type": "RuntimeDefault"})
                self.assertEqual(security["capabilities"]["drop"], ["ALL"])
                self.assertEqual(
                    set(security["capabilities"]["add"]),
                    {"SYS_MODULE", "SYSLOG", "NET_ADMIN", "NET_RAW", "CHOWN", "DAC_OVERRIDE", "FOWNER"},
                )
                writable = {
                    mount["mountPath"]
                    for mount in pod.container(name)["volumeMounts"]
                    if not mount.get("readOnly")
                }
                self.assertEqual(
                    writable,
                    {
                        "/host/run",
                        "/host/etc/contrail",
                        "/host/var/lib/vrouter-node-agent",
                        "/host/proc/sys/net",
                        "/host/proc/sys/vm",
                        "/opt/vrouter-probe",
                    },
                )

        self.each(check)

    def test_both_of_our_containers_have_the_same_host(self):
        def check(pod):
            prepare, watch = pod.container("prepare"), pod.container("node-agent")
            for field in ("image", "env", "envFrom", "securityContext", "volumeMounts", "resources"):
                self.assertEqual(prepare[field], watch[field], field)
            self.assertEqual(prepare["args"][1:], watch["args"][1:])

        self.each(check)


class Settings(unittest.TestCase):
    def test_common_env_arrives_as_it_is(self):
        """As a file: `envs:` would make variables of its lines, and mangle them."""
        for kustomization in KUSTOMIZATIONS.rglob("kustomization.yaml"):
            for generator in yaml.safe_load(kustomization.read_text()).get("configMapGenerator", []):
                self.assertEqual(set(generator) & {"envs", "env", "literals"}, set(), kustomization)
        map = of_kind(base(), "ConfigMap")
        self.assertEqual(map["data"], {"common.env": (BASE / "common.env").read_text()})
        # The reference follows the name that got a hash, so that a change rolls the pods.
        self.assertRegex(map["metadata"]["name"], re.compile(r"^vrouter-common-env-[a-z0-9]+$"))
        volume = pod(base()).volume("common-env")
        self.assertEqual(volume["configMap"]["name"], map["metadata"]["name"])

    def test_each_container_knows_its_node(self):
        for container in (pod(base()).container(name) for name in ("prepare", "node-agent")):
            (variable,) = [e for e in container["env"] if e["name"] == "NODE_NAME"]
            self.assertEqual(variable["valueFrom"], {"fieldRef": {"fieldPath": "spec.nodeName"}})


class Scheduling(unittest.TestCase):
    def test_runs_where_nothing_else_can(self):
        spec = pod(base()).spec
        self.assertEqual(spec["tolerations"], [{"operator": "Exists"}])
        self.assertEqual(spec["priorityClassName"], "system-node-critical")
        self.assertEqual(spec["dnsPolicy"], "Default")

    def test_the_namespace_allows_it(self):
        documents = base()
        namespace = of_kind(documents, "Namespace")["metadata"]
        self.assertEqual(namespace["labels"]["pod-security.kubernetes.io/enforce"], "privileged")
        for kind in ("DaemonSet", "ServiceAccount", "ConfigMap"):
            self.assertEqual(of_kind(documents, kind)["metadata"]["namespace"], namespace["name"])
        self.assertEqual(
            pod(documents).spec["serviceAccountName"], of_kind(documents, "ServiceAccount")["metadata"]["name"]
        )

    def test_one_node_at_a_time(self):
        strategy = of_kind(base(), "DaemonSet")["spec"]["updateStrategy"]
        self.assertEqual(strategy, {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}})


class NativeSidecar(unittest.TestCase):
    def test_the_agent_waits_for_the_probe(self):
        spec = pod(native_sidecar()).spec
        self.assertEqual([c["name"] for c in spec["initContainers"]], ["prepare", "node-agent"])
        self.assertEqual([c["name"] for c in spec["containers"]], [AGENT])
        sidecar = spec["initContainers"][1]
        self.assertEqual(sidecar["restartPolicy"], "Always")
        self.assertEqual(sidecar["startupProbe"]["exec"], sidecar["readinessProbe"]["exec"])

    def test_is_the_same_pod_otherwise(self):
        plain, native = pod(base()), pod(native_sidecar())
        moved = dict(native.container("node-agent"))
        del moved["restartPolicy"], moved["startupProbe"]
        self.assertEqual(moved, plain.container("node-agent"))
        for name in ("prepare", AGENT):
            self.assertEqual(native.container(name), plain.container(name))
        for field in set(plain.spec) | set(native.spec):
            if field not in ("containers", "initContainers"):
                self.assertEqual(native.spec.get(field), plain.spec.get(field), field)


class Components(unittest.TestCase):
    """What the base's pod can't do on the host, and can with a component: with that component's mounts, and nothing else."""

    # The folders that each one adds, writable; and a file that the program writes there.
    ADDED = {
        "huge-pages": {"/sys/kernel/mm/hugepages": "hugepages-2048kB/nr_hugepages"},
        "virtual-functions": {"/sys/devices": "pci0000:00/0000:00:02.0/sriov_numvfs"},
        "cni": {"/etc/cni/net.d": "10-contrail.conf", "/opt/cni/bin": "contrail-k8s-cni"},
        "name-servers": {"/etc": "resolv.conf"},
    }

    def test_all_of_them_are_looked_at(self):
        self.assertEqual(set(self.ADDED), set(DUTIES))
        self.assertEqual({folder.name for folder in COMPONENTS.iterdir()}, set(DUTIES) | {"native-sidecar"})

    def test_each_opens_its_folders_alone(self):
        plain = pod(base())
        for component, added in self.ADDED.items():
            for components in ([component], [component, "native-sidecar"]):
                patched = pod(composed(*components))
                for name in ("prepare", "node-agent"):
                    with self.subTest(components=components, container=name):
                        before, now = plain.container(name), patched.container(name)
                        self.assertEqual(now["securityContext"], before["securityContext"])
                        # All that is new; whatever was read-only elsewhere stays so.
                        mounts = [mount for mount in now["volumeMounts"] if mount not in before["volumeMounts"]]
                        self.assertEqual({mount["mountPath"] for mount in mounts}, {"/host" + p for p in added})
                        self.assertEqual(len(now["volumeMounts"]), len(before["volumeMounts"]) + len(mounts))
                        for folder, file in added.items():
                            path = f"{folder}/{file}"
                            self.assertFalse(
                                plain.place(before, "/host" + path).writable, "the base has it already"
                            )
                            place = patched.place(now, "/host" + path)
                            self.assertEqual(
                                (place.source, place.path, place.writable), ("hostPath", path, True)
                            )
                agent = "contrail-vrouter-agent"
                self.assertEqual(patched.container(agent), plain.container(agent))

    def test_they_go_together(self):
        patched = pod(composed(*DUTIES, "native-sidecar"))
        names = [volume["name"] for volume in patched.spec["volumes"]]
        self.assertEqual(len(names), len(set(names)))
        for name in ("prepare", "node-agent"):
            paths = [mount["mountPath"] for mount in patched.container(name)["volumeMounts"]]
            self.assertEqual(len(paths), len(set(paths)))
            # Within what is open now, what the base closes stays closed.
            for path in ("/etc/modprobe.d/vrouter.conf", "/sys/module/vrouter", "/sys/class/net/eth0"):
                self.assertFalse(patched.place(patched.container(name), "/host" + path).writable, path)

    def test_the_wrong_order_is_refused(self):
        """After the move, the place where the base has a container holds another one."""
        for component in DUTIES:
            with self.subTest(component=component), self.assertRaises(jsonpatch.JsonPatchTestFailed):
                composed("native-sidecar", component)

    def test_the_document_names_them(self):
        text = (KUSTOMIZATIONS.parents[1] / "docs/node.md").read_text()
        for component, added in self.ADDED.items():
            (row,) = [line for line in text.splitlines() if line.startswith("|") and f"`{component}`" in line]
            for folder in added:
                self.assertIn(folder, row)


if __name__ == "__main__":
    unittest.main()
