package dev.sharegpt4v.models.checkpoint;

/** The size of a tensor, computed so that hostile shapes cannot overflow. */
final class ByteCounts {

    private ByteCounts() {}

    static long of(MappedFile file, String tensor, ElementType type, long[] shape) {
        try {
            long bytes = type.bytes();
            for (long dimension : shape) {
                bytes = Math.multiplyExact(bytes, dimension);
            }
            return bytes;
        } catch (ArithmeticException e) {
            throw new CheckpointException(file.path() + ": tensor " + tensor + " has a shape that overflows", e);
        }
    }
}
