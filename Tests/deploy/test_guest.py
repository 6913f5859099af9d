"""The pod in a guest: its containers' mounts and privileges, taken from the manifest, on a real kernel with a module to load.

Each container is a chroot with the mounts that the kubelet would make and the capabilities that the manifest leaves; the
kubelet, the network plugin and seccomp are not there. The module is the lab's stand-in.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

from support import TOP, base, composed, of_kind, pod

RELEASE = pathlib.Path(os.environ.get("RELEASE_BINARIES", TOP / ".build/release"))
LAB_RUN = TOP / "Tests/Lab/bin/lab-run"

STEPS = r"""
set -u
lab-net eth0 10.0.2.15/24 10.0.2.2
step() { name=$1; shift; echo "--- $name"; "$@"; echo "=== $name: $?"; }

# A node whose vRouter user owns the folder and an older file in it.
mkdir -p /etc/contrail
echo '[DEFAULT]' >/etc/contrail/contrail-vrouter-agent.conf
chown -R 1999:1999 /etc/contrail
chmod 0700 /etc/contrail
chmod 0600 /etc/contrail/contrail-vrouter-agent.conf

# The lab's files are links to a place that no volume shows.
module=$(modinfo -n vrouter)
cp -L "$module" /tmp/vrouter.ko && rm "$module" && mv /tmp/vrouter.ko "$module"

make_volumes
for one in prepare node-agent contrail-vrouter-agent; do make_container "$one"; done

step 'probe before' probe_node_agent
step 'dry run' run_prepare "$capabilities" --dry-run
step 'without sys_module' run_prepare "${capabilities%%,+sys_module*}${capabilities#*,+sys_module}"
step 'without dac_override' run_prepare "${capabilities%%,+dac_override*}${capabilities#*,+dac_override}"
step 'without chown' run_prepare "${capabilities%%,+chown*}${capabilities#*,+chown}"
step 'without fowner' run_prepare "${capabilities%%,+fowner*}${capabilities#*,+fowner}"
step 'prepare' run_prepare "$capabilities"
step 'owner' sh -c '[ "$(stat -c "%u:%g %a" /etc/contrail/contrail-vrouter-agent.conf)" = "1999:1999 640" ]'

# The same program as the sidecar has it; ended as the kubelet ends a container.
touch /tmp/run.log
run_node_agent >>/tmp/run.log 2>&1 &
agent=$!
until grep -q 'ready:' /tmp/run.log || ! kill -0 $agent; do usleep 50000; done
step 'probe of node-agent' probe_node_agent
step 'probe of contrail-vrouter-agent' probe_agent
step 'configuration is there' in_agent grep -q '^physical_interface=eth0' /etc/contrail/contrail-vrouter-agent.conf
kill -TERM $agent
wait $agent
echo "=== run ends: $?"
cat /tmp/run.log
step 'probe after run' probe_agent

rmmod vrouter
step 'probe without the module' probe_agent

# The folder is made anew: a container that had mounted that one alone would not see it.
modprobe vrouter
rm -rf /run/vrouter-node-agent
step 'probe without the folder' probe_agent
step 'prepare again' run_prepare "$capabilities"
step 'probe of the new folder' probe_agent

# vhost0 takes over, by the pod's own means and no others; then the node is as it was.
sed -i /VROUTER_TAKEOVER/d /tmp/volumes/common-env/..data/common.env
step 'takeover without net_admin' run_prepare "${capabilities%%,+net_admin*}${capabilities#*,+net_admin}"
step 'takeover' run_prepare "$capabilities"
step 'vhost0 has the address' sh -c 'ip -4 address show dev vhost0 | grep -q 10.0.2.15/24'
step 'probe of vhost0' probe_agent
step 'cleanup' vrouter-node-agent cleanup
step 'eth0 has the address' sh -c 'ip -4 address show dev eth0 | grep -q 10.0.2.15/24'
modprobe vrouter
echo VROUTER_TAKEOVER=false >>/tmp/volumes/common-env/..data/common.env

# A module that refuses says why in the kernel's log, which no device in the container gives.
rmmod vrouter
echo VROUTER_MODULE_OPTIONS=standin_fail_errno=5 >>/tmp/volumes/common-env/..data/common.env
step 'a module that refuses' run_prepare "$capabilities"
step 'without syslog' run_prepare "${capabilities%%,+syslog*}${capabilities#*,+syslog}"

# Huge pages, without and with the component: the base's pod sees /sys read-only.
echo VROUTER_MODULE_OPTIONS= >>/tmp/volumes/common-env/..data/common.env
echo HUGE_PAGES_2MB=16 >>/tmp/volumes/common-env/..data/common.env
mkdir -p /dev/hugepages
mount -t hugetlbfs -o pagesize=2M none /dev/hugepages
pages() { [ "$(cat /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages)" = "$1" ]; }
step 'huge pages without the component' run_prepare "$capabilities"
step 'no pages were made' pages 0
make_volumes_of_components
make_container_of_components prepare
step 'huge pages with the component' run_prepare_of_components "$capabilities"
step 'pages were made' pages 16
step 'the rest of sys is closed' sh -c '! (echo >/tmp/containers-of-components/prepare/host/sys/module/vrouter/uevent)'
echo 0 >/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
echo HUGE_PAGES_2MB=0 >>/tmp/volumes/common-env/..data/common.env
rmmod vrouter

# Free memory in pieces, and a table of eight of the largest blocks, so that no block left over by chance will do: only
# compaction, which the pod may ask for, makes room.
echo VROUTER_MODULE_OPTIONS=vr_nexthops=4194304 >>/tmp/volumes/common-env/..data/common.env
lab-fragment movable
step 'prepare in fragmented memory' run_prepare "$capabilities"
"""


def quoted(words):
    return " ".join(shlex.quote(word) for word in words)


class Script:
    """The manifest as a script for the guest's shell."""

    def __init__(self, documents, suffix=""):
        """`suffix` tells the functions and folders of one pod from those of another on the same node."""
        self.pod = pod(documents)
        self.settings = of_kind(documents, "ConfigMap")["data"]["common.env"]
        self.suffix = suffix
        self.folder = "/tmp/containers" + suffix.replace("_", "-")

    def source(self, volume):
        return volume["hostPath"]["path"] if "hostPath" in volume else f"/tmp/volumes/{volume['name']}"

    def volumes(self):
        lines = [f"make_volumes{self.suffix}() {{"]
        for volume in self.pod.spec["volumes"]:
            path = shlex.quote(self.source(volume))
            if volume.get("hostPath", {}).get("type") == "Directory":
                lines.append(f'[ -d {path} ] || echo "no directory {path}"')
            else:
                lines.append(f"mkdir -p {path}")
            if "configMap" in volume:
                # The kubelet's way: the files are links into a folder that is exchanged as one.
                lines += [
                    f"[ -d {path}/..data ] || {{ mkdir {path}/..data && cp /share/common.env {path}/..data; }}",
                    f"ln -sf ..data/common.env {path}/common.env",
                ]
        return lines + ["}"]

    def containers(self):
        lines = [f"make_container{self.suffix}() {{", f"root={self.folder}/$1", 'mkdir -p "$root"', "case $1 in"]
        for container in self.pod.containers:
            mounts = sorted(container["volumeMounts"], key=lambda mount: mount["mountPath"].count("/"))
            lines.append(f"{container['name']})")
            lines.append('cp -r /share/rootfs/. "$root"')
            # What lies in a volume is there already; the others are made in the image's own layer.
            for mount in mounts:
                lines.append(f'mkdir -p "$root"{mount["mountPath"]}')
                source = shlex.quote(self.source(self.pod.volume(mount["name"])))
                lines.append(f'mount -o bind {source} "$root"{mount["mountPath"]}')
                if mount.get("readOnly"):
                    lines.append(f'mount -o remount,bind,ro "$root"{mount["mountPath"]}')
            lines.append(";;")
        lines += [
            "esac",
            'mkdir -p "$root"/proc "$root"/sys',
            'mount -t proc proc "$root"/proc',
            'mount -o bind "$root"/proc/sys "$root"/proc/sys',
            'mount -o remount,bind,ro "$root"/proc/sys',
            'mount -t sysfs -o ro sysfs "$root"/sys',
            "}",
        ]
        return lines

    def call(self, name, words, capabilities=None):
        """A command in a container; with its capabilities unless it is privileged."""
        container = self.pod.container(name)
        environment = ["env", "-i", "PATH=/usr/bin"]
        for variable in container.get("env", []):
            environment.append(f"{variable['name']}={variable.get('value', 'node-1')}")
        confined = []
        if not container["securityContext"].get("privileged"):
            confined = ["/usr/bin/setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set"]
        text = quoted(environment + ["chroot", f"{self.folder}/{name}"] + confined)
        if confined:
            text += f' "{capabilities or "$capabilities"}"'
        return f"{text} {quoted(words)}"

    def text(self):
        """The whole scenario, with a second pod: the same with the component for huge pages."""
        components = Script(composed("huge-pages"), "_of_components")
        return "\n".join(self.functions() + components.functions()) + STEPS

    def functions(self):
        names = {container["name"] for container in self.pod.containers}
        assert names == {"prepare", "node-agent", "contrail-vrouter-agent"}, names
        prepare, watch, agent = (
            self.pod.container(name) for name in ("prepare", "node-agent", "contrail-vrouter-agent")
        )
        added = prepare["securityContext"]["capabilities"]["add"]
        capabilities = "-all" + "".join(f",+{name.lower()}" for name in added)
        program = "/usr/bin/vrouter-node-agent"
        lines = [f"capabilities={capabilities}"] + self.volumes() + self.containers()
        lines += [
            f"run_prepare{self.suffix}() {{ confined=$1; shift;",
            self.call("prepare", [program] + prepare["args"], "$confined") + ' "$@"; }',
            f"run_node_agent{self.suffix}() {{ exec " + self.call("node-agent", [program] + watch["args"]) + "; }",
            f"probe_node_agent{self.suffix}() {{ "
            + self.call("node-agent", watch["readinessProbe"]["exec"]["command"])
            + "; }",
            f"probe_agent{self.suffix}() {{ "
            + self.call("contrail-vrouter-agent", agent["readinessProbe"]["exec"]["command"])
            + "; }",
            # An applet of the guest's busybox, looking from inside.
            f'in_agent{self.suffix}() {{ busybox chroot {self.folder}/contrail-vrouter-agent "$@"; }}',
        ]
        return lines


def libraries(program):
    """What the dynamic loader would open for a program, the loader itself included."""
    said = subprocess.run(["ldd", program], capture_output=True, text=True, timeout=60, check=False).stdout
    return set(re.findall(r"(/\S+\.so\S*)", said))


class Guest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """One guest for all; the tests look at what it said."""
        if not (RELEASE / "vrouter-node-agent").exists():
            raise FileNotFoundError(f"no {RELEASE}/vrouter-node-agent: run `make release lab-setup` first")
        documents = base()
        script = Script(documents)
        with tempfile.TemporaryDirectory() as scratch:
            share = pathlib.Path(scratch, "share")
            rootfs = share / "rootfs"
            programs = {
                RELEASE / "vrouter-node-agent": "usr/bin/vrouter-node-agent",
                RELEASE / "vrouter-probe": "usr/bin/vrouter-probe",
                pathlib.Path(shutil.which("setpriv")): "usr/bin/setpriv",
            }
            for program, place in programs.items():
                (rootfs / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(program, rootfs / place)
                for library in libraries(str(program)):
                    target = rootfs / library.lstrip("/")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(library, target)
            # The module goes and comes in these steps, and vhost0 would go with it: the takeover has a step of its own.
            (share / "common.env").write_text(script.settings + "VROUTER_TAKEOVER=false\n")
            scenario = pathlib.Path(scratch, "scenario.sh")
            scenario.write_text(script.text())
            done = subprocess.run(
                [LAB_RUN, "--quiet", "--nic", "peer", "--disk", "512", "--share", share]
                + ["--program", RELEASE / "vrouter-node-agent", scenario],
                capture_output=True,
                text=True,
                timeout=400,
                check=False,
            )
        cls.said = done.stdout + done.stderr
        cls.codes = {name: int(code) for name, code in re.findall(r"^=== (.*): (\d+)$", done.stdout, re.M)}

    def code(self, step, expected):
        """The exit code of a step; all that the guest said when it is another one."""
        self.assertEqual(self.codes.get(step), expected, f"{step}\n{self.said}")

    def test_the_init_container_prepares(self):
        self.assertNotIn("no directory", self.said)
        self.code("probe before", 1)
        self.code("dry run", 0)
        self.code("prepare", 0)
        self.code("owner", 0)

    def test_each_capability_is_needed(self):
        self.code("without sys_module", 12)
        self.code("without dac_override", 17)
        self.code("without chown", 17)
        self.code("without fowner", 17)

    def test_probes_in_both_containers(self):
        self.code("probe of node-agent", 0)
        self.code("probe of contrail-vrouter-agent", 0)
        self.code("configuration is there", 0)
        self.code("probe without the module", 1)

    def test_the_sidecar_ends_and_leaves_the_node_as_it_is(self):
        self.code("run ends", 0)
        self.code("probe after run", 0)

    def test_a_folder_made_anew_is_seen(self):
        self.code("probe without the folder", 1)
        self.code("prepare again", 0)
        self.code("probe of the new folder", 0)

    def test_vhost0_takes_over(self):
        self.assertNotEqual(self.codes.get("takeover without net_admin"), 0, self.said)
        for step in ("takeover", "vhost0 has the address", "probe of vhost0", "cleanup", "eth0 has the address"):
            self.code(step, 0)

    def test_the_kernels_log_tells_why(self):
        self.code("a module that refuses", 12)
        self.code("without syslog", 12)
        told, silent = re.findall(r"its own init function refused.*\n((?:  seen: .*\n)*)", self.said)
        self.assertIn("seen: vrouter", told)
        self.assertEqual(silent, "")

    def test_huge_pages_take_their_component(self):
        """Without it the node is prepared, and told is what could not be written; with it the kernel has the pages."""
        self.code("huge pages without the component", 0)
        self.code("no pages were made", 0)
        self.assertRegex(
            self.said, r"the kernel has 0 huge pages of 2 MiB, 16 fewer than HUGE_PAGES_2MB asks for \(.*[Rr]ead-only"
        )
        self.code("huge pages with the component", 0)
        self.code("pages were made", 0)
        self.code("the rest of sys is closed", 0)

    def test_the_pod_may_treat_memory(self):
        self.code("prepare in fragmented memory", 0)
        # The kernel may mend this by itself: what counts is that the pod's own request got through.
        self.assertRegex(self.said, r"memory was compacted in [\d.]+ m?s: free blocks of order 10 \d+ -> \d+")


if __name__ == "__main__":
    unittest.main()
