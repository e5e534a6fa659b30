package dev.sharegpt4v.models.convert;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a matrix in the layout of {@code com.microsoft.MatMulNBits}.
 *
 * <p>What was found for a row is kept from the first tensor that needs it to the last one, since a search is what takes
 * longest in a conversion. Encoders may still run in any order: who finds nothing searches again, with the same result.
 */
final class BlockWeights {

    private final String name;
    private final Rows rows;
    private final Quantisation quantisation;
    private final AtomicReferenceArray<@Nullable BlockScales> found;

    BlockWeights(String name, Rows rows, Quantisation quantisation) {
        this.name = name;
        this.rows = rows;
        this.quantisation = quantisation;
        this.found = new AtomicReferenceArray<>(Math.toIntExact(rows.count()));
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
                (firstRow, count, target) -> {
                    BlockQuantiser quantiser = new BlockQuantiser(quantisation, rows.columns());
                    float[] row = new float[rows.columns()];
                    for (long index = firstRow; index < firstRow + count; index++) {
                        rows.read(index, row);
                        requireFinite(row);
                        BlockScales scales = quantiser.measure(row);
                        requireFinite(scales.scales());
                        found.set((int) index, scales);
                        pack(quantiser.round(row, scales), target);
                    }
                });
    }

    /** Scales, {@code [rows, blocks]} in the type that the quantisation names. */
    Weight scales() {
        int blocks = quantisation.blocks(rows.columns());
        return new Weight(
                name + ".scales",
                quantisation.scales(),
                List.of(rows.count(), (long) blocks),
                rows.count(),
                blocks * quantisation.scales().bytes(),
                encoder(quantisation.symmetric(), (scales, target) -> {
                    for (float scale : scales.scales()) {
                        quantisation.scales().put(scale, target);
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
                encoder(true, (scales, target) -> {
                    byte[] padded = new byte[rowBytes * 8 / quantisation.bits()];
                    System.arraycopy(scales.zeroPoints(), 0, padded, 0, scales.blocks());
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

    /** @param last whether no other tensor asks for the scales afterwards */
    private RowEncoder encoder(boolean last, ScaleSink sink) {
        return (firstRow, count, target) -> {
            BlockQuantiser quantiser = new BlockQuantiser(quantisation, rows.columns());
            float[] row = new float[rows.columns()];
            for (long index = firstRow; index < firstRow + count; index++) {
                BlockScales scales = last ? found.getAndSet((int) index, null) : found.get((int) index);
                if (scales == null) {
                    rows.read(index, row);
                    scales = quantiser.measure(row);
                }
                sink.encode(scales, target);
            }
        };
    }

    /** Weights, or the scales that are found for them. */
    private void requireFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new ConversionException(
                        ConversionException.Kind.UNSUPPORTED_MODEL,
                        "tensor %s holds %s, which cannot be quantised".formatted(rows.name(), value));
            }
        }
    }

    /** Encodes the scales of one row. */
    @FunctionalInterface
    private interface ScaleSink {
        void encode(BlockScales scales, ByteBuffer target);
    }
}
