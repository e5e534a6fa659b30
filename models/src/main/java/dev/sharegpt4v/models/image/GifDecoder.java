package dev.sharegpt4v.models.image;

/** The first frame of a GIF, placed on its logical screen as Pillow does. Source: GIF89a specification. */
final class GifDecoder {

    private static final int SCREEN = 13;
    private static final int HAS_PALETTE = 0x80;
    private static final int INTERLACED = 0x40;
    private static final int[] FIRST_ROWS = {0, 4, 2, 1};
    private static final int[] ROW_STEPS = {8, 8, 4, 2};

    private GifDecoder() {}

    static RgbImage decode(byte[] file, ImageLimits limits) {
        ByteView view = ByteView.of(file);
        int screenFlags = view.unsignedByte(10);
        int afterPalette = SCREEN + paletteBytes(screenFlags);
        int transparent = 0;
        int at = afterPalette;
        while (view.unsignedByte(at) == 0x21) {
            if (view.unsignedByte(at + 1) == 0xf9 && (view.unsignedByte(at + 3) & 1) != 0) {
                transparent = view.unsignedByte(at + 6);
            }
            at = afterBlocks(view, at + 2);
        }
        if (view.unsignedByte(at) != 0x2c) {
            throw ImageException.malformed("the GIF holds no picture");
        }
        int left = view.little16(at + 1);
        int top = view.little16(at + 3);
        int frameWidth = view.little16(at + 5);
        int frameHeight = view.little16(at + 7);
        int flags = view.unsignedByte(at + 9);
        limits.check(frameWidth, frameHeight);
        int width = Math.max(view.little16(6), left + frameWidth);
        int height = Math.max(view.little16(8), top + frameHeight);
        limits.check(width, height);
        boolean ownPalette = (flags & HAS_PALETTE) != 0;
        ByteView palette =
                ownPalette ? view.slice(at + 10, paletteBytes(flags)) : view.slice(SCREEN, paletteBytes(screenFlags));
        byte[] frame = GifPixels.read(view, at + 10 + (ownPalette ? palette.length() : 0), frameWidth * frameHeight);

        // What the frame leaves free has the transparent colour, or the first one.
        Canvas canvas = new Canvas(width, height, colours(palette));
        canvas.fill(transparent);
        boolean interlaced = (flags & INTERLACED) != 0;
        int pass = 0;
        int y = 0;
        for (int row = 0; row < frameHeight; row++) {
            while (interlaced && y >= frameHeight) {
                y = FIRST_ROWS[++pass];
            }
            canvas.row(left, top + y, frame, row * frameWidth, frameWidth);
            y += interlaced ? ROW_STEPS[pass] : 1;
        }
        return new RgbImage(width, height, canvas.rgb);
    }

    private static int paletteBytes(int flags) {
        return (flags & HAS_PALETTE) == 0 ? 0 : 3 << (flags & 7) + 1;
    }

    private static int afterBlocks(ByteView view, int at) {
        while (view.unsignedByte(at) != 0) {
            at += 1 + view.unsignedByte(at);
        }
        return at + 1;
    }

    /** A file without a palette, or with one of plain grays, is gray; places beyond a palette are black. */
    private static byte[] colours(ByteView palette) {
        byte[] colours = new byte[3 * 256];
        boolean gray = true;
        for (int i = 0; i < palette.length(); i++) {
            colours[i] = (byte) palette.unsignedByte(i);
            gray &= palette.unsignedByte(i) == i / 3;
        }
        for (int i = 0; gray && i < colours.length; i++) {
            colours[i] = (byte) (i / 3);
        }
        return colours;
    }

    private static final class Canvas {
        private final int width;
        private final byte[] colours;
        private final byte[] rgb;

        Canvas(int width, int height, byte[] colours) {
            this.width = width;
            this.colours = colours;
            this.rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
        }

        void fill(int index) {
            for (int at = 0; at < rgb.length; at += 3) {
                System.arraycopy(colours, index * 3, rgb, at, 3);
            }
        }

        void row(int left, int y, byte[] indices, int from, int count) {
            for (int i = 0; i < count; i++) {
                System.arraycopy(colours, (indices[from + i] & 0xff) * 3, rgb, (y * width + left + i) * 3, 3);
            }
        }
    }
}
