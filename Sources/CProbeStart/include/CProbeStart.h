// Nothing is called from Swift: what this target does happens before Swift begins (start.c).
