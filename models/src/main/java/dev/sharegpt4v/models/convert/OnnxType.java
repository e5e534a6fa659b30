package dev.sharegpt4v.models.convert;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.sharegpt4v.models.catalog.Precision;
import java.nio.ByteBuffer;

/** The element types that our graphs use. */
enum OnnxType {
    FLOAT(DataType.FLOAT, 4),
    UINT8(DataType.UINT8, 1),
    INT32(DataType.INT32, 4),
    INT64(DataType.INT64, 8),
    FLOAT16(DataType.FLOAT16, 2),
    BFLOAT16(DataType.BFLOAT16, 2);

    private final DataType code;
    private final int bytes;

    OnnxType(DataType code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The type of a precision. */
    static OnnxType of(Precision precision) {
        return switch (precision) {
            case FP32 -> FLOAT;
            case FP16 -> FLOAT16;
            case BF16 -> BFLOAT16;
        };
    }

    /** The number in ONNX files. */
    int code() {
        return code.getNumber();
    }

    /** Width of one element in bytes. */
    int bytes() {
        return bytes;
    }

    /** The nearest value of this type, a floating-point one; infinite where it holds none so large. */
    float round(float value) {
        return switch (this) {
            case FLOAT -> value;
            case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16(value));
            case BFLOAT16 -> Bfloat16.toFloat(Bfloat16.of(value));
            case UINT8, INT32, INT64 -> throw noFloat();
        };
    }

    /** Appends the nearest value of this type, a floating-point one. */
    void put(float value, ByteBuffer target) {
        switch (this) {
            case FLOAT -> target.putFloat(value);
            case FLOAT16 -> target.putShort(Float.floatToFloat16(value));
            case BFLOAT16 -> target.putShort(Bfloat16.of(value));
            case UINT8, INT32, INT64 -> throw noFloat();
        }
    }

    private IllegalStateException noFloat() {
        return new IllegalStateException(this + " holds no fractions. This is a bug.");
    }
}
