package dev.sharegpt4v.models.convert;

/** A matrix with another row added to its first one. */
record FirstRowPlus(Rows matrix, Rows addend) implements Rows {

    @Override
    public long count() {
        return matrix.count();
    }

    @Override
    public int columns() {
        return matrix.columns();
    }

    @Override
    public void read(long row, float[] target) {
        matrix.read(row, target);
        if (row == 0) {
            float[] added = new float[columns()];
            addend.read(0, added);
            for (int column = 0; column < added.length; column++) {
                target[column] += added[column];
            }
        }
    }

    @Override
    public String name() {
        return matrix.name();
    }
}
