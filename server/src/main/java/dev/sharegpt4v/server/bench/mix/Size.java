package dev.sharegpt4v.server.bench.mix;

/**
 * Of a picture, in pixels.
 *
 * @param width up to 8192
 * @param height up to 8192
 */
public record Size(int width, int height) {

    private static final int MOST = 8192;

    public Size {
        if (Math.min(width, height) < 1 || Math.max(width, height) > MOST) {
            throw new IllegalArgumentException("a side is 1 to " + MOST + " pixels long");
        }
    }

    /**
     * Reads {@code 640x480}.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Size parse(String text) {
        String[] sides = text.split("x", -1);
        try {
            if (sides.length == 2) {
                return new Size(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw new IllegalArgumentException("'" + text + "' is no size such as 640x480, up to " + MOST + " a side");
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
