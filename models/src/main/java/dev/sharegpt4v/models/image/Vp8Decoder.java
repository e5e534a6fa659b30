package dev.sharegpt4v.models.image;

/** A lossy WebP picture: one key frame of VP8, decoded exactly as the format prescribes. Source: RFC 6386. */
final class Vp8Decoder {

    private final Vp8Header header;
    private final Vp8Planes planes;
    private final Vp8Predictor luma;
    private final Vp8BlockPredictor blocks;
    private final Vp8Predictor u;
    private final Vp8Predictor v;
    private final byte[] levels;
    private final boolean[] inner;

    private Vp8Decoder(Vp8Header header) {
        this.header = header;
        this.planes = Vp8Planes.of(header.width(), header.height());
        this.luma = new Vp8Predictor(planes.y(), planes.lumaStride(), 16);
        this.blocks = new Vp8BlockPredictor(planes.y(), planes.lumaStride());
        this.u = new Vp8Predictor(planes.u(), planes.chromaStride(), 8);
        this.v = new Vp8Predictor(planes.v(), planes.chromaStride(), 8);
        this.levels = new byte[planes.across() * planes.down()];
        this.inner = new boolean[levels.length];
    }

    static RgbImage decode(ByteView data, ImageLimits limits) {
        Vp8Header header = Vp8Header.read(data);
        limits.check(header.width(), header.height());
        Vp8Decoder decoder = new Vp8Decoder(header);
        decoder.reconstruct();
        decoder.filter();
        return Vp8Colours.convert(decoder.planes, header.width(), header.height());
    }

    private void reconstruct() {
        Vp8Modes modes = new Vp8Modes(header, planes.across());
        Vp8Tokens tokens = new Vp8Tokens(header, planes.across());
        Vp8Macroblock block = new Vp8Macroblock();
        Vp8BoolReader[] partitions = header.partitions();
        for (int row = 0; row < planes.down(); row++) {
            modes.startRow();
            tokens.startRow();
            for (int column = 0; column < planes.across(); column++) {
                modes.read(block, column);
                tokens.read(partitions[row & partitions.length - 1], block, column);
                reconstruct(block, column, row);
                int place = row * planes.across() + column;
                levels[place] = (byte) header.filter().level(header.segments(), block.segment, block.blocks);
                inner[place] = block.blocks || block.coded;
            }
        }
    }

    private void reconstruct(Vp8Macroblock block, int column, int row) {
        if (!block.blocks) {
            luma.predict(block.lumaModes[0], column, row);
        }
        for (int i = 0; i < Vp8Macroblock.LUMA_BLOCKS; i++) {
            if (block.blocks) {
                blocks.predict(block.lumaModes[i], column, row, i);
            }
            int stride = planes.lumaStride();
            add(block, i, planes.y(), (row * 16 + i / 4 * 4) * stride + column * 16 + i % 4 * 4, stride);
        }
        u.predict(block.chromaMode, column, row);
        v.predict(block.chromaMode, column, row);
        for (int i = 0; i < 4; i++) {
            int stride = planes.chromaStride();
            int at = (row * 8 + i / 2 * 4) * stride + column * 8 + i % 2 * 4;
            add(block, Vp8Macroblock.LUMA_BLOCKS + i, planes.u(), at, stride);
            add(block, Vp8Macroblock.LUMA_BLOCKS + 4 + i, planes.v(), at, stride);
        }
    }

    private static void add(Vp8Macroblock block, int index, byte[] plane, int at, int stride) {
        if (block.coded) {
            Vp8Transform.add(block.coefficients, index * Vp8Macroblock.BLOCK, plane, at, stride);
        }
    }

    private void filter() {
        if (header.filter().level() == 0) {
            return;
        }
        Vp8LoopFilter filter = new Vp8LoopFilter(planes, header.filter().simple());
        for (int place = 0; place < levels.length; place++) {
            if (levels[place] > 0) {
                int interior = header.filter().interior(levels[place]);
                filter.filter(place % planes.across(), place / planes.across(), levels[place], interior, inner[place]);
            }
        }
    }
}
