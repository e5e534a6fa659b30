package dev.sharegpt4v.models.image;

/**
 * Walks over the blocks of one scan and its restart markers.
 *
 * <p>Where bits run out before the next marker, blocks keep what they had, as in libjpeg.
 */
final class JpegScanReader {

    private final JpegFrame frame;
    private final JpegScan scan;
    private final JpegBlocks blocks;
    private final JpegBits bits;
    private final int interval;

    private int untilRestart;
    private int nextRestart;
    private boolean exhausted;

    JpegScanReader(JpegFrame frame, JpegScan scan, JpegBlocks blocks, JpegBits bits, int interval) {
        this.frame = frame;
        this.scan = scan;
        this.blocks = blocks;
        this.bits = bits;
        this.interval = interval;
        this.untilRestart = interval;
    }

    /** Reads the scan; the place of the marker after it, at its 255. */
    int read() {
        blocks.restart();
        if (scan.isInterleaved()) {
            interleaved();
        } else {
            alone();
        }
        return bits.markerAt() - 1;
    }

    private void interleaved() {
        for (int y = 0; y < frame.mcusHigh(); y++) {
            for (int x = 0; x < frame.mcusWide(); x++) {
                if (!begin()) {
                    continue;
                }
                for (int i = 0; i < scan.parts().size(); i++) {
                    JpegComponent component = scan.parts().get(i).component();
                    for (int down = 0; down < component.down(); down++) {
                        int block = component.firstBlock()
                                + (y * component.down() + down) * component.blocksWide()
                                + x * component.across();
                        for (int across = 0; across < component.across(); across++) {
                            blocks.read(i, block + across);
                            exhausted |= bits.isExhausted();
                        }
                    }
                }
            }
        }
    }

    private void alone() {
        JpegComponent component = scan.parts().getFirst().component();
        for (int y = 0; y < component.ownBlocksHigh(); y++) {
            int row = component.firstBlock() + y * component.blocksWide();
            for (int x = 0; x < component.ownBlocksWide(); x++) {
                if (begin()) {
                    blocks.read(0, row + x);
                    exhausted |= bits.isExhausted();
                }
            }
        }
    }

    /** Before each MCU; whether it has bits. */
    private boolean begin() {
        if (interval > 0) {
            if (untilRestart == 0) {
                restart();
            }
            untilRestart--;
        }
        return !exhausted;
    }

    private void restart() {
        untilRestart = interval;
        blocks.restart();
        int expected = 0xd0 + nextRestart;
        nextRestart = nextRestart + 1 & 7;
        while (true) {
            int marker = bits.marker();
            int distance = marker - expected & 7;
            boolean restart = marker >= 0xd0 && marker <= 0xd7;
            if (marker < 0xc0 || (restart && distance >= 6)) {
                // Not valid, or one from before: the next one may do.
                bits.open(bits.markerAt() + 1);
            } else if (!restart || distance == 1 || distance == 2) {
                // The end, or one from later on: this stretch has no bits.
                bits.openNothing(marker, bits.markerAt());
                exhausted = true;
                return;
            } else {
                bits.open(bits.markerAt() + 1);
                exhausted = false;
                return;
            }
        }
    }
}
