# The lab's part of the Makefile: a guest kernel to try things on. Needs root.
LAB := $(dir $(lastword $(MAKEFILE_LIST)))

.PHONY: lab lab-setup

# A shell in a guest with the release binaries inside; `release` builds them. LAB_OPTIONS goes to lab-run.
lab: release
	$(LAB)bin/lab-shell $(LAB_OPTIONS)

# Everything that a guest needs, made ahead of its first use.
lab-setup:
	$(LAB)bin/lab-setup
