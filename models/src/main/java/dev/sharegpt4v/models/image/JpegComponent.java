package dev.sharegpt4v.models.image;

/**
 * One component of a JPEG's frame and where its coefficients stand.
 *
 * @param id by which scans name it
 * @param across samples in a row, relative to the other components
 * @param down samples in a column, relative to the other components
 * @param table number of its quantisation table
 * @param width of its samples
 * @param height of its samples
 * @param blocksWide blocks that are stored in a row, up to a full MCU
 * @param firstBlock index of its first block in the store
 */
record JpegComponent(int id, int across, int down, int table, int width, int height, int blocksWide, int firstBlock) {

    /** Blocks in a row of a scan that holds this component alone. */
    int ownBlocksWide() {
        return (width + 7) / 8;
    }

    int ownBlocksHigh() {
        return (height + 7) / 8;
    }
}
