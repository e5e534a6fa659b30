package dev.sharegpt4v.models.convert;

import java.nio.ByteBuffer;
import java.util.List;

/** Weights that keep their floating-point values. */
final class FloatWeights {

    private FloatWeights() {}

    /** A matrix of shape {@code [rows, columns]}. */
    static Weight matrix(String name, OnnxType type, Rows rows) {
        return weight(name, type, List.of(rows.count(), (long) rows.columns()), rows);
    }

    /** A single row as a tensor of one dimension. */
    static Weight vector(String name, Rows row) {
        return weight(name, OnnxType.FLOAT, List.of((long) row.columns()), row);
    }

    private static Weight weight(String name, OnnxType type, List<Long> shape, Rows rows) {
        RowEncoder encoder = type == OnnxType.FLOAT16 ? halves(rows) : floats(rows);
        return new Weight(name, type, shape, rows.count(), rows.columns() * type.bytes(), encoder);
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

    private static RowEncoder halves(Rows rows) {
        return (firstRow, count, target) -> {
            float[] row = new float[rows.columns()];
            for (long index = firstRow; index < firstRow + count; index++) {
                rows.read(index, row);
                putHalves(rows, row, target);
            }
        };
    }

    private static void putHalves(Rows rows, float[] row, ByteBuffer target) {
        for (float value : row) {
            short half = Float.floatToFloat16(value);
            if (!Float.isFinite(Float.float16ToFloat(half))) {
                throw new ConversionException(
                        ConversionException.Kind.UNSUPPORTED_MODEL,
                        "tensor %s holds %s, which fp16 cannot; convert it with --weights fp32"
                                .formatted(rows.name(), value));
            }
            target.putShort(half);
        }
    }
}
