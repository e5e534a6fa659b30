package dev.sharegpt4v.server.bench.page;

import java.util.ArrayList;
import java.util.List;

/** Puts spans of time into as few rows as they need, so that none in a row overlap. */
final class Lanes {

    private Lanes() {}

    /**
     * The row of each span, the earliest free one.
     *
     * @param spans begin and end, by rising begin
     */
    static int[] rows(List<long[]> spans) {
        List<Long> free = new ArrayList<>();
        int[] rows = new int[spans.size()];
        for (int i = 0; i < rows.length; i++) {
            int row = 0;
            while (row < free.size() && free.get(row) > spans.get(i)[0]) {
                row++;
            }
            if (row == free.size()) {
                free.add(0L);
            }
            free.set(row, spans.get(i)[1]);
            rows[i] = row;
        }
        return rows;
    }
}
