"""Assets (设备): what a plant and the town own and keep running.

Four slices, each an app of its own: the register, its telemetry, and above both the two that
watch over it, inspection and maintenance, which do not know each other.
"""
