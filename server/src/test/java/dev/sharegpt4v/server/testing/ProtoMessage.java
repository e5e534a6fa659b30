package dev.sharegpt4v.server.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A protobuf message by the numbers of its fields. Source: protobuf's encoding guide. */
final class ProtoMessage {

    private final Map<Integer, List<Object>> fields = new HashMap<>();

    ProtoMessage(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            long tag = varint(buffer);
            Object value = switch ((int) (tag & 7)) {
                case 0 -> varint(buffer);
                case 1 -> buffer.getLong();
                case 2 -> take(buffer, (int) varint(buffer));
                case 5 -> (long) buffer.getInt();
                default -> throw new IllegalArgumentException("wire type " + (tag & 7));
            };
            fields.computeIfAbsent((int) (tag >>> 3), _ -> new ArrayList<>()).add(value);
        }
    }

    private static byte[] take(ByteBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }

    private static long varint(ByteBuffer buffer) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = buffer.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    boolean has(int field) {
        return fields.containsKey(field);
    }

    /** Zero where it is left out. */
    long number(int field) {
        List<Object> values = fields.get(field);
        return values == null ? 0 : (Long) values.getLast();
    }

    /** Empty where it is left out. */
    byte[] bytes(int field) {
        List<Object> values = fields.get(field);
        return values == null ? new byte[0] : (byte[]) values.getLast();
    }

    /** All values of a field that is a message. */
    List<ProtoMessage> messages(int field) {
        return fields.getOrDefault(field, List.of()).stream()
                .map(value -> new ProtoMessage((byte[]) value))
                .toList();
    }
}
