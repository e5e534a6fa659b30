package dev.sharegpt4v.models.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Walks the fields of one protobuf message; unknown fields are skipped by wire type. */
final class ProtobufReader {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final ByteBuffer input;
    private int wireType;

    ProtobufReader(ByteBuffer input) {
        this.input = input.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The next field's number, or 0 at the end of the message. */
    int nextField() {
        if (!input.hasRemaining()) {
            return 0;
        }
        long tag = varint();
        wireType = (int) (tag & 7);
        long field = tag >>> 3;
        if (field < 1 || field > 536_870_911) {
            throw new TokenizerException("the model has a field without a number");
        }
        return (int) field;
    }

    long varintField() {
        expect(VARINT);
        return varint();
    }

    float floatField() {
        expect(FIXED32);
        require(4);
        return input.getFloat();
    }

    ByteBuffer bytesField() {
        expect(LENGTH_DELIMITED);
        long length = varint();
        require(length);
        ByteBuffer bytes = input.slice(input.position(), (int) length);
        input.position(input.position() + (int) length);
        return bytes;
    }

    String textField() {
        return StandardCharsets.UTF_8.decode(bytesField()).toString();
    }

    void skip() {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED64 -> advance(8);
            case LENGTH_DELIMITED -> bytesField();
            case FIXED32 -> advance(4);
            default -> throw new TokenizerException("the model has a field of wire type " + wireType);
        }
    }

    private void advance(int bytes) {
        require(bytes);
        input.position(input.position() + bytes);
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            require(1);
            byte next = input.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new TokenizerException("the model has a number of more than 64 bits");
    }

    private void expect(int type) {
        if (wireType != type) {
            throw new TokenizerException("the model has a field of an unexpected type");
        }
    }

    private void require(long bytes) {
        if (bytes < 0 || bytes > input.remaining()) {
            throw new TokenizerException("the model ends in the middle of a field");
        }
    }
}
