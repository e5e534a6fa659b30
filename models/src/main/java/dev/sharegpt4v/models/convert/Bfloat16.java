package dev.sharegpt4v.models.convert;

/** The upper half of single precision. */
final class Bfloat16 {

    private Bfloat16() {}

    /** The nearest value, the even one of two as near. */
    static short of(float value) {
        if (Float.isNaN(value)) {
            return (short) 0x7fc0;
        }
        int bits = Float.floatToRawIntBits(value);
        // A carry out of the mantissa goes to the exponent, which is right, up to infinity.
        int even = (bits >>> 16) & 1;
        return (short) ((bits + 0x7fff + even) >>> 16);
    }

    static float toFloat(short value) {
        return Float.intBitsToFloat(value << 16);
    }
}
