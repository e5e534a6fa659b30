package dev.sharegpt4v.models.convert;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;

/** The element types that our graphs use. */
enum OnnxType {
    FLOAT(DataType.FLOAT, 4),
    UINT8(DataType.UINT8, 1),
    INT32(DataType.INT32, 4),
    INT64(DataType.INT64, 8),
    FLOAT16(DataType.FLOAT16, 2);

    private final DataType code;
    private final int bytes;

    OnnxType(DataType code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The number in ONNX files. */
    int code() {
        return code.getNumber();
    }

    /** Width of one element in bytes. */
    int bytes() {
        return bytes;
    }
}
