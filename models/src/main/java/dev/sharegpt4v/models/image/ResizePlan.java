package dev.sharegpt4v.models.image;

/**
 * How a picture of one size is padded, resized and cropped.
 *
 * @param horizontal along the width of the picture as it is seen
 * @param vertical along its height
 */
record ResizePlan(ResampleKernel.Axis horizontal, ResampleKernel.Axis vertical) {

    static ResizePlan of(Preprocessing preprocessing, int width, int height) {
        int crop = preprocessing.cropSize();
        int shortest = preprocessing.shortestEdge();
        int square = Math.max(width, height);
        int wide = preprocessing.padToSquare() ? square : width;
        int high = preprocessing.padToSquare() ? square : height;
        int outWidth = wide <= high ? shortest : (int) ((double) ((long) shortest * wide) / high);
        int outHeight = wide <= high ? (int) ((double) ((long) shortest * high) / wide) : shortest;
        return new ResizePlan(
                new ResampleKernel.Axis(width, (wide - width) / 2, wide, outWidth, (outWidth - crop) / 2, crop),
                new ResampleKernel.Axis(height, (high - height) / 2, high, outHeight, (outHeight - crop) / 2, crop));
    }
}
