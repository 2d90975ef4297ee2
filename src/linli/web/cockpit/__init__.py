"""The cockpit (驾驶舱): the loop at a glance for those who lead, live on a wall."""
