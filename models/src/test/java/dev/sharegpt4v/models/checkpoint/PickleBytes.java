package dev.sharegpt4v.models.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles opcode by opcode, right or wrong. */
final class PickleBytes {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    PickleBytes op(int... opcodes) {
        for (int opcode : opcodes) {
            bytes.write(opcode);
        }
        return this;
    }

    PickleBytes global(String module, String name) {
        return op('c').raw(module + "\n" + name + "\n");
    }

    PickleBytes text(String text) {
        return op('X').number(text.getBytes(StandardCharsets.UTF_8).length, 4).raw(text);
    }

    /** A number of any size, as LONG1. */
    PickleBytes integer(long value) {
        return op(0x8a, 8).number(value, 8);
    }

    PickleBytes tuple(long... values) {
        op('(');
        for (long value : values) {
            integer(value);
        }
        return op('t');
    }

    PickleBytes number(long value, int width) {
        byte[] number = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        bytes.write(number, 0, width);
        return this;
    }

    PickleBytes storage(String type, String key, long elements) {
        return op('(').text("storage")
                .global("torch", type)
                .text(key)
                .text("cpu")
                .integer(elements)
                .op('t', 'Q');
    }

    /** Everything of a tensor after its storage. */
    PickleBytes view(long offset, long[] shape, long[] strides) {
        return integer(offset).tuple(shape).tuple(strides).op(0x89, '}', 't', 'R');
    }

    PickleBytes rebuild() {
        return global("torch._utils", "_rebuild_tensor_v2").op('(');
    }

    /** A whole pickle of one tensor named {@code w} over the storage {@code 0}. */
    static byte[] tensor(String type, long elements, long offset, long[] shape, long[] strides) {
        return new PickleBytes()
                .op(0x80, 2, '}')
                .text("w")
                .rebuild()
                .storage(type, "0", elements)
                .view(offset, shape, strides)
                .op('s', '.')
                .bytes();
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    private PickleBytes raw(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }
}
