package dev.sharegpt4v.models.convert;

import ai.onnx.proto.OnnxMl.TensorShapeProto;

/** One dimension of a graph's input or output. */
sealed interface Dimension {

    /** Known when the graph is written. */
    record Fixed(long size) implements Dimension {}

    /** Known when the graph runs. */
    record Named(String name) implements Dimension {}

    static Dimension of(long size) {
        return new Fixed(size);
    }

    static Dimension of(String name) {
        return new Named(name);
    }

    /** The dimension in ONNX's terms. */
    default TensorShapeProto.Dimension toProto() {
        TensorShapeProto.Dimension.Builder builder = TensorShapeProto.Dimension.newBuilder();
        return switch (this) {
            case Fixed(long size) -> builder.setDimValue(size).build();
            case Named(String name) -> builder.setDimParam(name).build();
        };
    }
}
