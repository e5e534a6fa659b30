package dev.sharegpt4v.models.image;

/**
 * A JPEG whose bits have been read.
 *
 * @param frame sizes and components
 * @param coefficients of all blocks, quantised
 * @param quantisation per component, the steps of the coefficients in zigzag order
 * @param colours what the components stand for
 */
record JpegPicture(JpegFrame frame, JpegCoefficients coefficients, int[][] quantisation, JpegColours colours) {}
