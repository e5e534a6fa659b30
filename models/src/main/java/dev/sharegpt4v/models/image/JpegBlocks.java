package dev.sharegpt4v.models.image;

/** How a kind of scan reads one block. Source: ITU-T T.81, annexes F and G; libjpeg for what damaged files mean. */
abstract sealed class JpegBlocks permits SequentialBlocks, DcFirstBlocks, DcRefinedBlocks, AcBlocks {

    /** Reads a block of a part of the scan. */
    abstract void read(int part, int block);

    /** Forgets what blocks have in common; a restart marker was met. */
    abstract void restart();
}
