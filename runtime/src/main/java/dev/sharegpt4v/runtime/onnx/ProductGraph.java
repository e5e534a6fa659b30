package dev.sharegpt4v.runtime.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * An ONNX file of one node: {@code product} = {@code left} times the transpose of {@code right}, all square, as the decoder
 * multiplies by its weights. Numbers of fields are those of onnx.proto.
 */
final class ProductGraph {

    static final String LEFT = "left";
    static final String RIGHT = "right";
    static final String PRODUCT = "product";

    private static final int IR_VERSION = 10;
    private static final int OPSET = 21;
    private static final int INT_ATTRIBUTE = 2;

    private ProductGraph() {}

    /**
     * The file.
     *
     * @param elementType ONNX's number of it: 1 for floats, 10 for halves
     */
    static byte[] of(int side, int elementType) {
        Message transposed = new Message().text(1, "transB").number(3, 1).number(20, INT_ATTRIBUTE);
        Message node = new Message()
                .text(1, LEFT)
                .text(1, RIGHT)
                .text(2, PRODUCT)
                .text(3, PRODUCT)
                .text(4, "Gemm")
                .message(5, transposed);
        Message graph = new Message()
                .message(1, node)
                .text(2, "matrix product")
                .message(11, matrix(LEFT, side, elementType))
                .message(11, matrix(RIGHT, side, elementType))
                .message(12, matrix(PRODUCT, side, elementType));
        return new Message()
                .number(1, IR_VERSION)
                .message(7, graph)
                .message(8, new Message().text(1, "").number(2, OPSET))
                .bytes();
    }

    private static Message matrix(String name, int side, int elementType) {
        Message dimension = new Message().number(1, side);
        Message shape = new Message().message(1, dimension).message(1, dimension);
        Message tensor = new Message().number(1, elementType).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    /** A protobuf message under construction. */
    private static final class Message {

        private static final int VARINT = 0;
        private static final int LENGTH_DELIMITED = 2;

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint(((long) field << 3) | VARINT);
            varint(value);
            return this;
        }

        Message text(int field, String value) {
            return raw(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return raw(field, value.bytes());
        }

        private Message raw(int field, byte[] value) {
            varint(((long) field << 3) | LENGTH_DELIMITED);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        private void varint(long value) {
            long rest = value;
            while (rest > 0x7f) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
