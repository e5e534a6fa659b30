package dev.sharegpt4v.models.convert;

import java.nio.ByteBuffer;
import java.util.List;

/** Weights that keep their floating-point values, as far as their type holds them. */
final class FloatWeights {

    private FloatWeights() {}

    /** A matrix of shape {@code [rows, columns]}. */
    static Weight matrix(String name, OnnxType type, Rows rows) {
        return weight(name, type, List.of(rows.count(), (long) rows.columns()), rows);
    }

    /** A single row as a tensor of one dimension. */
    static Weight vector(String name, OnnxType type, Rows row) {
        return weight(name, type, List.of((long) row.columns()), row);
    }

    private static Weight weight(String name, OnnxType type, List<Long> shape, Rows rows) {
        return new Weight(
                name,
                type,
                shape,
                rows.count(),
                rows.columns() * type.bytes(),
                type == OnnxType.FLOAT ? floats(rows) : narrowed(type, rows));
    }

    private static RowEncoder floats(Rows rows) {
        return (firstRow, count, target) -> {
            float[] row = new float[rows.columns()];
            for (long index = firstRow; index < firstRow + count; index++) {
                rows.read(index, row);
                target.asFloatBuffer().put(row);
                target.position(target.position() + row.length * Float.BYTES);
            }
        };
    }

    private static RowEncoder narrowed(OnnxType type, Rows rows) {
        return (firstRow, count, target) -> {
            float[] row = new float[rows.columns()];
            for (long index = firstRow; index < firstRow + count; index++) {
                rows.read(index, row);
                putNarrowed(type, rows, row, target);
            }
        };
    }

    private static void putNarrowed(OnnxType type, Rows rows, float[] row, ByteBuffer target) {
        for (float value : row) {
            if (!Float.isFinite(type.round(value))) {
                throw new ConversionException(
                        ConversionException.Kind.UNSUPPORTED_MODEL,
                        "tensor %s holds %s, which %s cannot; convert it with --weights fp32, or bf16 for CUDA"
                                .formatted(rows.name(), value, type == OnnxType.FLOAT16 ? "fp16" : "bf16"));
            }
            type.put(value, target);
        }
    }
}
