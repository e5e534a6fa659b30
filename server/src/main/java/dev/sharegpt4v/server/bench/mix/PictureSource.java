package dev.sharegpt4v.server.bench.mix;

import java.util.List;
import java.util.SplittableRandom;

/** Pictures by their number. */
public sealed interface PictureSource {

    /** The encoded file of a picture. */
    byte[] picture(int number);

    /**
     * Drawn ones, all different.
     *
     * @param sizes of which one is drawn for each
     * @param seed equal seeds give equal pictures
     */
    record Synthetic(Weighted<Size> sizes, long seed) implements PictureSource {
        @Override
        public byte[] picture(int number) {
            Size size = sizes.pick(new SplittableRandom(seed * 31 + number));
            return SyntheticPicture.jpeg(size.width(), size.height(), seed + number);
        }
    }

    /**
     * Given ones in turn.
     *
     * @param files at least one
     */
    record Files(List<byte[]> files) implements PictureSource {

        public Files {
            files = List.copyOf(files);
        }

        @Override
        public byte[] picture(int number) {
            return files.get(number % files.size());
        }
    }
}
