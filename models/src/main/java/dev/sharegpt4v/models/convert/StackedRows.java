package dev.sharegpt4v.models.convert;

import java.util.List;

/** Matrices of the same width, one below the other. */
record StackedRows(String name, List<Rows> parts) implements Rows {

    StackedRows {
        parts = List.copyOf(parts);
    }

    @Override
    public long count() {
        return parts.stream().mapToLong(Rows::count).sum();
    }

    @Override
    public int columns() {
        return parts.getFirst().columns();
    }

    @Override
    public void read(long row, float[] target) {
        long rest = row;
        for (Rows part : parts) {
            if (rest < part.count()) {
                part.read(rest, target);
                return;
            }
            rest -= part.count();
        }
        throw new IndexOutOfBoundsException("row " + row + " of " + count() + " in " + name);
    }
}
