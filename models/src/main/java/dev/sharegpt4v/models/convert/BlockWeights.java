package dev.sharegpt4v.models.convert;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The tensors of a matrix in the layout of {@code com.microsoft.MatMulNBits}.
 *
 * <p>Each tensor rounds the rows again for itself: a second pass over a matrix costs little beside reading it, and keeps
 * the encoders free of shared state.
 */
final class BlockWeights {

    private final String name;
    private final Rows rows;
    private final Quantisation quantisation;

    BlockWeights(String name, Rows rows, Quantisation quantisation) {
        this.name = name;
        this.rows = rows;
        this.quantisation = quantisation;
    }

    /** Codes, uint8 {@code [rows, blocks, bytes of a block]}; of two 4-bit codes in a byte the first is the low half. */
    Weight codes() {
        long blocks = quantisation.blocks(rows.columns());
        int rowBytes = Math.toIntExact(blocks * quantisation.blockBytes());
        return new Weight(
                name + ".codes",
                OnnxType.UINT8,
                List.of(rows.count(), blocks, (long) quantisation.blockBytes()),
                rows.count(),
                rowBytes,
                encoder((quantiser, row, target) -> {
                    requireFinite(row);
                    quantiser.quantise(row);
                    pack(quantiser.codes(), target);
                }));
    }

    /** Scales, float {@code [rows, blocks]}. */
    Weight scales() {
        int blocks = quantisation.blocks(rows.columns());
        return new Weight(
                name + ".scales",
                OnnxType.FLOAT,
                List.of(rows.count(), (long) blocks),
                rows.count(),
                blocks * Float.BYTES,
                encoder((quantiser, row, target) -> {
                    quantiser.measure(row);
                    for (float scale : quantiser.scales()) {
                        target.putFloat(scale);
                    }
                }));
    }

    /** Zero points, uint8 {@code [rows, bytes of a row]}, packed as the codes are. */
    Weight zeroPoints() {
        int rowBytes = quantisation.zeroPointBytes(rows.columns());
        return new Weight(
                name + ".zero_points",
                OnnxType.UINT8,
                List.of(rows.count(), (long) rowBytes),
                rows.count(),
                rowBytes,
                encoder((quantiser, row, target) -> {
                    quantiser.measure(row);
                    byte[] padded = new byte[rowBytes * 8 / quantisation.bits()];
                    for (int block = 0; block < quantiser.zeroPoints().length; block++) {
                        padded[block] = (byte) quantiser.zeroPoints()[block];
                    }
                    pack(padded, target);
                }));
    }

    private void pack(byte[] codes, ByteBuffer target) {
        if (quantisation.bits() == 8) {
            target.put(codes);
            return;
        }
        for (int index = 0; index < codes.length; index += 2) {
            target.put((byte) (codes[index] | (codes[index + 1] << 4)));
        }
    }

    private RowEncoder encoder(RowSink sink) {
        return (firstRow, count, target) -> {
            BlockQuantiser quantiser = new BlockQuantiser(quantisation, rows.columns());
            float[] row = new float[rows.columns()];
            for (long index = firstRow; index < firstRow + count; index++) {
                rows.read(index, row);
                sink.encode(quantiser, row, target);
            }
        };
    }

    private void requireFinite(float[] row) {
        for (float value : row) {
            if (!Float.isFinite(value)) {
                throw new ConversionException(
                        ConversionException.Kind.UNSUPPORTED_MODEL,
                        "tensor %s holds %s, which cannot be quantised".formatted(rows.name(), value));
            }
        }
    }

    /** Encodes one row. */
    @FunctionalInterface
    private interface RowSink {
        void encode(BlockQuantiser quantiser, float[] row, ByteBuffer target);
    }
}
