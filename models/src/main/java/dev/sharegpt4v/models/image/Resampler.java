package dev.sharegpt4v.models.image;

/**
 * Pillow's two-pass 8-bit resampling of an image that may stand inside a larger, evenly coloured canvas.
 *
 * <p>The canvas is never built: weights that fall outside the image meet its one colour, so their sum is enough. Integer
 * sums do not depend on order, hence the result equals that of the padded image bit for bit.
 */
final class Resampler {

    private static final int ROUND = 1 << (ResampleKernel.PRECISION_BITS - 1);

    private final RgbImage image;
    private final int left;
    private final int top;
    private final int[] background;

    /**
     * @param image the pixels
     * @param left columns of canvas before the image
     * @param top rows of canvas above the image
     * @param background the canvas's colour
     */
    Resampler(RgbImage image, int left, int top, int[] background) {
        this.image = image;
        this.left = left;
        this.top = top;
        this.background = background;
    }

    /** The window of the resampled canvas that the two kernels describe, [height, width, 3]. */
    byte[] run(ResampleKernel horizontal, ResampleKernel vertical) {
        byte[] rows = horizontalPass(horizontal);
        byte[] canvasRow = canvasRow(horizontal);
        return verticalPass(vertical, rows, canvasRow, horizontal.outputs());
    }

    private byte[] horizontalPass(ResampleKernel kernel) {
        int width = kernel.outputs();
        byte[] target = new byte[Math.multiplyExact(image.height(), width * 3)];
        int[] begin = new int[width];
        int[] end = new int[width];
        int[][] outside = new int[width][];
        for (int x = 0; x < width; x++) {
            int first = kernel.first()[x];
            int taps = kernel.weights()[x].length;
            begin[x] = Math.clamp(left - first, 0, taps);
            end[x] = Math.clamp(left + image.width() - first, begin[x], taps);
            outside[x] = outside(kernel.weights()[x], begin[x], end[x]);
        }
        byte[] rgb = image.rgb();
        for (int y = 0; y < image.height(); y++) {
            int row = (y * image.width() - left) * 3;
            int to = y * width * 3;
            for (int x = 0; x < width; x++) {
                int[] weights = kernel.weights()[x];
                int red = outside[x][0];
                int green = outside[x][1];
                int blue = outside[x][2];
                int at = row + (kernel.first()[x] + begin[x]) * 3;
                for (int tap = begin[x]; tap < end[x]; tap++, at += 3) {
                    int weight = weights[tap];
                    red += (rgb[at] & 0xff) * weight;
                    green += (rgb[at + 1] & 0xff) * weight;
                    blue += (rgb[at + 2] & 0xff) * weight;
                }
                target[to++] = clip(red);
                target[to++] = clip(green);
                target[to++] = clip(blue);
            }
        }
        return target;
    }

    /** What the horizontal pass makes of a row of canvas. */
    private byte[] canvasRow(ResampleKernel kernel) {
        byte[] row = new byte[kernel.outputs() * 3];
        for (int x = 0; x < kernel.outputs(); x++) {
            int[] sums = outside(kernel.weights()[x], 0, 0);
            for (int channel = 0; channel < 3; channel++) {
                row[x * 3 + channel] = clip(sums[channel]);
            }
        }
        return row;
    }

    private byte[] verticalPass(ResampleKernel kernel, byte[] rows, byte[] canvasRow, int width) {
        int stride = width * 3;
        byte[] target = new byte[kernel.outputs() * stride];
        int[] sums = new int[stride];
        for (int y = 0; y < kernel.outputs(); y++) {
            int[] weights = kernel.weights()[y];
            int begin = Math.clamp(top - kernel.first()[y], 0, weights.length);
            int end = Math.clamp(top + image.height() - kernel.first()[y], begin, weights.length);
            int canvasWeight = sum(weights, 0, begin) + sum(weights, end, weights.length);
            for (int i = 0; i < stride; i++) {
                sums[i] = ROUND + (canvasRow[i] & 0xff) * canvasWeight;
            }
            for (int tap = begin; tap < end; tap++) {
                int weight = weights[tap];
                int row = (kernel.first()[y] + tap - top) * stride;
                for (int i = 0; i < stride; i++) {
                    sums[i] += (rows[row + i] & 0xff) * weight;
                }
            }
            for (int i = 0; i < stride; i++) {
                target[y * stride + i] = clip(sums[i]);
            }
        }
        return target;
    }

    private int[] outside(int[] weights, int begin, int end) {
        int weight = sum(weights, 0, begin) + sum(weights, end, weights.length);
        return new int[] {ROUND + background[0] * weight, ROUND + background[1] * weight, ROUND + background[2] * weight
        };
    }

    private static int sum(int[] weights, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += weights[i];
        }
        return sum;
    }

    private static byte clip(int sum) {
        return (byte) Math.clamp(sum >> ResampleKernel.PRECISION_BITS, 0, 255);
    }
}
