package dev.sharegpt4v.models.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/** A tensor inside a mapped file, possibly a strided view of a larger storage. */
final class MappedTensor implements TensorView {

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final String name;
    private final ElementType type;
    private final long[] shape;
    private final long[] strides;
    private final boolean contiguous;
    private final MemorySegment data;

    private MappedTensor(Path file, String name, ElementType type, long[] shape, long[] strides, MemorySegment data) {
        this.file = file;
        this.name = name;
        this.type = type;
        this.shape = shape;
        this.strides = strides;
        this.contiguous = Arrays.equals(strides, rowMajorStrides(shape));
        this.data = data;
    }

    /** A tensor whose elements lie in row-major order from the start of {@code data}. */
    static MappedTensor contiguous(Path file, String name, ElementType type, long[] shape, MemorySegment data) {
        return new MappedTensor(file, name, type, shape, rowMajorStrides(shape), data);
    }

    /** A tensor with strides in elements from the start of {@code data}; the caller has checked the bounds. */
    static MappedTensor strided(
            Path file, String name, ElementType type, long[] shape, long[] strides, MemorySegment data) {
        return new MappedTensor(file, name, type, shape, strides, data);
    }

    static long[] rowMajorStrides(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= Math.max(1, shape[i]);
        }
        return strides;
    }

    /** The file that holds the elements. */
    Path file() {
        return file;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public void readFloats(long first, float[] target, int offset, int count) {
        if (!type.isFloating()) {
            throw new CheckpointException(file + ": tensor " + name + " holds " + type + ", which are not weights");
        }
        if (first < 0 || count < 0 || first > elements() - count) {
            throw new IndexOutOfBoundsException("elements " + first + " to " + (first + count) + " of " + name);
        }
        if (contiguous) {
            readContiguous(first, target, offset, count);
        } else {
            for (int i = 0; i < count; i++) {
                readContiguous(storageIndex(first + i), target, offset + i, 1);
            }
        }
    }

    private long storageIndex(long element) {
        long index = 0;
        for (int i = shape.length - 1; i >= 0; i--) {
            index += element % shape[i] * strides[i];
            element /= shape[i];
        }
        return index;
    }

    private void readContiguous(long first, float[] target, int offset, int count) {
        switch (type) {
            case F32 -> MemorySegment.copy(data, FLOAT, first * 4, target, offset, count);
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    target[offset + i] = Float.intBitsToFloat(data.get(SHORT, (first + i) * 2) << 16);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    target[offset + i] = Float.float16ToFloat(data.get(SHORT, (first + i) * 2));
                }
            }
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    target[offset + i] = (float) data.get(DOUBLE, (first + i) * 8);
                }
            }
            case I64, I32, I16, I8, U8, BOOL ->
                throw new IllegalStateException(type + " is not floating. This is a bug.");
        }
    }
}
