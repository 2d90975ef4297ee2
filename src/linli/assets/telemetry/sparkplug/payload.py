"""The protobuf payload of Sparkplug B, declared here field by field.

After sparkplug_b.proto of the Eclipse Sparkplug specification 3.0, as far as we read and write it;
protobuf passes over fields it does not know. The packages that wrap Sparkplug need paho-mqtt 1.
"""

from enum import IntEnum
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_Field = descriptor_pb2.FieldDescriptorProto
PACKAGE = "org.eclipse.tahu.protobuf"
U32, U64, SINGLE, B, S = (
    _Field.TYPE_UINT32, _Field.TYPE_UINT64, _Field.TYPE_FLOAT, _Field.TYPE_BOOL, _Field.TYPE_STRING,
)  # fmt: skip
DOUBLE, BYTES, MESSAGE = _Field.TYPE_DOUBLE, _Field.TYPE_BYTES, _Field.TYPE_MESSAGE
MANY = _Field.LABEL_REPEATED
# message → name of the field: number, type, (message it holds), (of one of "value")
MESSAGES: dict[str, dict[str, tuple[Any, ...]]] = {
    "Payload": {
        "timestamp": (1, U64), "metrics": (2, MESSAGE, "Payload.Metric", MANY), "seq": (3, U64),
        "uuid": (4, S), "body": (5, BYTES),
    },
    "PropertyValue": {
        "type": (1, U32), "is_null": (2, B), "int_value": (3, U32, "value"),
        "long_value": (4, U64, "value"), "float_value": (5, SINGLE, "value"),
        "double_value": (6, DOUBLE, "value"), "boolean_value": (7, B, "value"),
        "string_value": (8, S, "value"),
    },
    "PropertySet": {
        "keys": (1, S, MANY), "values": (2, MESSAGE, "Payload.PropertyValue", MANY),
    },
    "Metric": {
        "name": (1, S), "alias": (2, U64), "timestamp": (3, U64), "datatype": (4, U32),
        "is_historical": (5, B), "is_transient": (6, B), "is_null": (7, B),
        "properties": (9, MESSAGE, "Payload.PropertySet"), "int_value": (10, U32, "value"),
        "long_value": (11, U64, "value"), "float_value": (12, SINGLE, "value"),
        "double_value": (13, DOUBLE, "value"), "boolean_value": (14, B, "value"),
        "string_value": (15, S, "value"), "bytes_value": (16, BYTES, "value"),
    },
}  # fmt: skip


class DataType(IntEnum):
    """The types of a metric that can be a point."""

    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATETIME = 13
    TEXT = 14


BITS = {DataType.INT8: 8, DataType.INT16: 16, DataType.INT32: 32, DataType.INT64: 64}


def _declared() -> Any:
    file = descriptor_pb2.FileDescriptorProto(
        name="linli/sparkplug_b.proto", package=PACKAGE, syntax="proto2"
    )
    payload = file.message_type.add(name="Payload")
    for name, fields in MESSAGES.items():
        message = payload if name == "Payload" else payload.nested_type.add(name=name)
        if any("value" in field[2:] for field in fields.values()):
            message.oneof_decl.add(name="value")
        for title, (number, kind, *more) in fields.items():
            field = message.field.add(
                name=title, number=number, type=kind,
                label=MANY if MANY in more else _Field.LABEL_OPTIONAL,
            )  # fmt: skip
            if kind == MESSAGE:
                field.type_name = f".{PACKAGE}.{more[0]}"
            if "value" in more:
                field.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.Payload"))


Payload = _declared()


def value_of(metric: Any, datatype: int) -> float | bool | str | None:
    """Return the value of a metric; None where it has none, or one that is no point."""
    held = metric.WhichOneof("value")
    if held is None or metric.is_null or held == "bytes_value":
        return None
    value: float | bool | str = getattr(metric, held)
    bits = BITS.get(DataType(datatype)) if datatype in DataType._value2member_map_ else None
    if bits and isinstance(value, int):
        # Signed numbers travel as unsigned ones of 32 or 64 bits, in two's complement.
        value &= (1 << bits) - 1
        if value >> (bits - 1):
            value -= 1 << bits
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def property_of(metric: Any, name: str) -> str:
    """Return a text among the properties of a metric, such as its unit; "" if there is none."""
    held = metric.properties
    for key, value in zip(held.keys, held.values, strict=False):
        if key == name and value.WhichOneof("value") == "string_value":
            return str(value.string_value)
    return ""


def rebirth() -> bytes:
    """Return the command with which a host asks an edge node for its births (NCMD)."""
    asked = Payload()
    metric = asked.metrics.add(name="Node Control/Rebirth", datatype=DataType.BOOLEAN)
    metric.boolean_value = True
    return bytes(asked.SerializeToString())
